//! Requests of the asynchronous channel to begin with, as integrator-1 makes them.

use qaqpa_model::{Actor, MessageId, SenderId};
use qaqpa_wire::asynchronous::{
    DeliveryNotification, GetMessageStatusRequest, GetMessageStatusResponse, GetMessagesRequest,
    GetMessagesResponse, Message, MessageInfo, MessageType, ReceiveStatus, Request, ResendMessage,
    SendDeliveryNotificationRequest, SendMessageRequest, SendMessageResponse,
};
use qaqpa_wire::{Application, BusinessData, Reading, Sender};

use crate::authority::password;
use crate::messages::{SERVICE, application, message, noon, result_of, seal, sign};
use crate::stand::{Reply, Stand};

pub(crate) fn integrator() -> Option<Sender> {
    Some(Sender {
        id: SenderId::parse("integrator-1").unwrap(),
        password: Some(password("integrator-1")),
    })
}

/// A signed document as a message of integrator-1.
pub(crate) fn left(document: Vec<u8>) -> SendMessageRequest {
    SendMessageRequest {
        message: Message {
            info: MessageInfo {
                message_id: None,
                correlation_id: None,
                service_id: SERVICE.to_owned(),
                message_type: MessageType::Request,
                route_id: None,
                message_date: noon(),
                sender: integrator(),
                properties: Vec::new(),
                session_id: None,
            },
            data: BusinessData::new(document),
        },
    }
}

pub(crate) fn get_messages() -> GetMessagesRequest {
    GetMessagesRequest {
        message_id: None,
        correlation_id: None,
        request_date: Some(noon()),
        service_id: SERVICE.to_owned(),
        sender: integrator(),
        amount: None,
        properties: Vec::new(),
    }
}

pub(crate) fn notification(
    message_id: &MessageId,
    receive_status: ReceiveStatus,
    resend_message: ResendMessage,
) -> SendDeliveryNotificationRequest {
    SendDeliveryNotificationRequest {
        notification: DeliveryNotification {
            message_id: message_id.clone(),
            service_id: SERVICE.to_owned(),
            notification_date: noon(),
            receive_status,
            status_date: noon(),
            resend_message,
            error: None,
        },
        request_date: noon(),
        sender: integrator(),
    }
}

impl Stand {
    /// Asks the asynchronous channel, signed by integrator-1.
    pub(crate) async fn ask(&self, request: Request) -> Reply {
        let signatory = self.authority.signatory("system-integrator-1");
        self.post_async(seal(&request.write(), signatory)).await
    }

    /// Leaves an application of citizen-1 with the gateway: the application and the assigned id.
    pub(crate) async fn leave(&self) -> (Application, MessageId) {
        let application = application();
        let document = sign(&application.to_xml(), self.authority.signatory("citizen-1"));
        let reply = self.ask(Request::SendMessage(left(document))).await;
        (application, reply.taken().message_id)
    }

    /// The regional gateway's signed result of an application arrives: its message's id and the document.
    pub(crate) async fn bring_result(
        &self,
        application: &Application,
        message_id: &MessageId,
    ) -> (MessageId, Vec<u8>) {
        let result = result_of(application, message_id);
        let document = sign(&result.to_xml(), self.authority.signatory("officer-1"));
        let mut second = message("regional-gateway", document.clone());
        second.correlation_id = Some(message_id.clone());
        let regional = self.authority.signatory("system-regional-gateway");
        let envelope = seal(&second.write(), regional);
        self.post_as(Actor::RegionalGateway, envelope)
            .await
            .acknowledgement();
        (second.message_id, document)
    }

    /// What waits for integrator-1.
    pub(crate) async fn fetch(&self) -> Vec<Message> {
        let reply = self.ask(Request::GetMessages(get_messages())).await;
        reply.messages()
    }

    /// State and words of a message of integrator-1.
    pub(crate) async fn status(&self, message_id: &MessageId) -> GetMessageStatusResponse {
        let request = GetMessageStatusRequest {
            message_id: message_id.clone(),
            request_date: noon(),
            sender: integrator(),
            properties: Vec::new(),
        };
        let reply = self.ask(Request::GetMessageStatus(request)).await;
        let read = GetMessageStatusResponse::read_with(&reply.document, Reading::Strict);
        read.unwrap_or_else(|error| panic!("{error}: {}", reply.http.text()))
            .0
    }

    pub(crate) async fn say(
        &self,
        message_id: &MessageId,
        receive: ReceiveStatus,
        resend: ResendMessage,
    ) -> Reply {
        let request = notification(message_id, receive, resend);
        self.ask(Request::SendDeliveryNotification(request)).await
    }
}

impl Reply {
    pub(crate) fn taken(&self) -> SendMessageResponse {
        SendMessageResponse::read_with(&self.document, Reading::Strict)
            .unwrap_or_else(|error| panic!("{error}: {}", self.http.text()))
            .0
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        GetMessagesResponse::read_with(&self.document, Reading::Strict)
            .unwrap_or_else(|error| panic!("{error}: {}", self.http.text()))
            .0
            .messages
    }
}
