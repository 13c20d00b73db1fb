//! The contract: what every backend must do. One test a promise.

pub(crate) mod authority;
pub(crate) mod desk;
pub(crate) mod exchange;
pub(crate) mod fairness;
pub(crate) mod handed;
pub(crate) mod held;
pub(crate) mod history;
pub(crate) mod journal;
pub(crate) mod order;
pub(crate) mod people;
pub(crate) mod portal;

/// Runs every promise of the listed files against one backend.
macro_rules! hold {
    ($stand:ty) => {
        crate::contract::hold!(@ $stand, exchange {
            an_accepted_message_has_its_answer_journal_outbox_effects_and_steps,
            the_same_message_gets_the_stored_answer_and_changes_nothing,
            the_same_id_with_another_body_or_sender_is_reused,
            the_same_signature_under_another_id_is_replayed_within_the_window_only,
            a_second_final_answer_is_settled,
            of_many_identical_accepts_exactly_one_is_accepted,
            of_many_accepts_with_one_signature_exactly_one_is_accepted,
            an_effect_that_cannot_be_stored_leaves_nothing_behind,
            an_entry_is_claimed_by_one_until_its_lease_ends,
            a_late_ticket_cannot_retry_or_park_but_its_delivery_counts,
            a_retried_entry_waits_and_a_woken_one_does_not,
            failed_attempts_are_told_with_their_number_their_reason_and_the_next_one,
            a_conclusion_stores_its_effects_once,
            what_stopped_is_listed_by_state_and_destination_page_by_page,
            what_stopped_is_put_back_once_with_a_fresh_count_and_the_journal_says_so,
            of_many_resends_exactly_one_puts_it_back,
            all_that_stopped_or_what_is_for_one_destination_is_put_back_oldest_first,
            the_entries_of_one_exchange_are_told_in_their_order,
        });
        crate::contract::hold!(@ $stand, fairness {
            an_endpoint_has_no_more_under_way_than_it_may_and_holds_up_nobody,
            actors_and_systems_are_claimed_for_apart_and_closed_lanes_not_at_all,
            slow_endpoints_have_a_few_places_of_their_own_and_none_of_the_others,
            what_is_in_hand_is_not_claimed_beside_that_though_its_lease_is_over,
            what_is_begun_anew_while_it_is_under_way_goes_out_again_after_that_and_not_beside_it,
            the_ticket_of_before_is_void_after_a_fresh_count_though_the_attempts_are_the_same,
            the_oldest_of_many_lanes_are_found_quickly,
        });
        crate::contract::hold!(@ $stand, handed {
            what_there_is_a_place_for_is_handed_over_as_claimed_and_the_rest_waits,
            a_place_is_given_back_where_nothing_was_put_in_and_none_is_asked_for_after_the_end,
            what_was_handed_to_a_process_that_is_gone_is_taken_over_by_the_next,
        });
        crate::contract::hold!(@ $stand, held {
            a_held_message_waits_until_its_receiver_says_that_it_has_it,
            held_messages_are_fetched_by_message_and_by_exchange,
            behind_long_messages_the_rest_is_handed_out_though_nobody_says_a_word,
            what_cannot_be_delivered_can_be_held_fetched_and_delivered_after_all,
            a_receiver_that_has_taken_a_message_may_refuse_it_afterwards,
            the_same_request_says_its_word_once_and_gets_its_answer_again,
            a_visit_is_remembered_until_its_time_is_over_and_the_first_one_stays,
            mailboxes_in_which_something_waits_are_listed_once,
            a_message_is_found_by_its_business_signature_with_its_answer,
        });
        crate::contract::hold!(@ $stand, history {
            the_history_is_told_page_by_page_and_by_what_is_asked_for,
            the_history_tells_what_came_and_what_became_of_it,
            what_the_history_does_not_tell_is_counted,
        });
        crate::contract::hold!(@ $stand, journal {
            entries_are_chained_masked_and_listed_newest_first,
            raw_bytes_are_kept_by_content,
            the_chain_of_many_writers_at_once_is_whole,
            the_entry_that_fills_a_segment_seals_it_and_the_next_holds_the_seal,
            an_old_segment_is_sealed_when_it_is_due_and_an_empty_one_never,
            an_entry_that_comes_when_the_segment_is_due_begins_a_new_one,
            a_seal_waits_for_its_stamp_and_a_later_stamp_vouches_for_it,
            a_deliberate_fault_is_marked_beside_its_message,
        });
        crate::contract::hold!(@ $stand, order {
            an_exchange_goes_out_in_its_order_and_holds_up_nothing_else,
            what_stands_behind_is_not_handed_over_and_the_bell_rings_when_its_turn_has_come,
            held_messages_that_are_released_go_out_in_their_order,
        });
        crate::contract::hold!(@ $stand, people {
            an_account_is_created_once_and_seeding_replaces_it,
            a_session_ends_at_its_moment_and_is_rotated_at_login,
        });
        crate::contract::hold!(@ $stand, portal {
            a_draft_is_changed_only_by_its_owner_and_sent_once,
            attachments_come_and_go_only_while_it_is_a_draft,
            a_final_status_stays,
            what_stopped_of_an_application_that_has_ended_is_not_sent_again,
            a_document_arrives_with_its_notification_and_is_opened_by_its_owner,
        });
        crate::contract::hold!(@ $stand, desk {
            a_registered_card_waits_in_the_queue_of_its_unit_and_role,
            a_task_is_taken_by_one,
            a_chain_of_tasks_ends_in_one_result,
            of_many_decisions_exactly_one_is_done,
            a_card_that_a_machine_answers_is_decided_from_the_beginning,
        });
        crate::contract::hold!(@ $stand, authority {
            a_serial_number_is_entered_once,
            certificates_are_listed_by_name_and_page_by_page,
            what_is_entered_and_what_the_journal_says_of_it_are_one,
            a_revocation_is_for_good_and_a_suspension_is_not,
            a_certificate_can_be_revoked_from_the_beginning,
            numbers_never_repeat_not_even_after_closing,
            the_latest_list_has_the_highest_number,
            a_setting_is_read_back_after_closing,
            a_setting_is_replaced_only_by_who_has_read_what_is_there,
        });
    };
    (@ $stand:ty, $file:ident { $($promise:ident,)+ }) => {
        mod $file {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $promise() {
                    let stand = <$stand as crate::stand::Stand>::fresh();
                    crate::contract::$file::$promise(&stand).await;
                }
            )+
        }
    };
}
pub(crate) use hold;
