namespace Tenfold.Targets.Slurm.Rest;

/// <summary>A state that is told as an array, <c>["RUNNING","COMPLETING"]</c>, as the one word that squeue has for it.</summary>
/// <remarks>Source: <c>job_state_string</c> in slurm_protocol_defs.c; <c>job_state</c> in openapi v0.0.40 to v0.0.45.</remarks>
internal static class RestJobState
{
    // What goes before the state itself, first things first. EXPEDITING, which says only how soon it is to start, is left out.
    private static readonly string[] First =
    [
        "COMPLETING", "STAGE_OUT", "CONFIGURING", "RESIZING", "REQUEUED", "REQUEUE_FED",
        "REQUEUE_HOLD", "SPECIAL_EXIT", "STOPPED", "REVOKED", "RESV_DEL_HOLD", "SIGNALING",
    ];

    // These say more of a state than squeue does.
    private static readonly string[] Beside = ["LAUNCH_FAILED", "UPDATE_DB", "RECONFIG_FAIL", "POWER_UP_NODE", "EXPEDITING"];

    /// <summary>The word; empty for an empty array.</summary>
    public static string Word(IReadOnlyList<string> state) =>
        First.FirstOrDefault(state.Contains) ?? state.FirstOrDefault(word => !Beside.Contains(word)) ?? "";
}
