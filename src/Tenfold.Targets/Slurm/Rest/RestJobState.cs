namespace Tenfold.Targets.Slurm.Rest;

/// <summary>Translates a state that slurmrestd reports as an array, <c>["RUNNING","COMPLETING"]</c>, into squeue's single word.</summary>
/// <remarks>Source: <c>job_state_string</c> in slurm_protocol_defs.c; <c>job_state</c> in openapi v0.0.40 to v0.0.45.</remarks>
internal static class RestJobState
{
    // Flags that take precedence over the state itself, the strongest first.
    private static readonly string[] Overriding =
    [
        "COMPLETING", "STAGE_OUT", "CONFIGURING", "RESIZING", "REQUEUED", "REQUEUE_FED",
        "REQUEUE_HOLD", "SPECIAL_EXIT", "STOPPED", "REVOKED", "RESV_DEL_HOLD", "SIGNALING",
    ];

    // Flags that squeue's word leaves out. EXPEDITING says only how soon the job is to start.
    private static readonly string[] Ignored = ["LAUNCH_FAILED", "UPDATE_DB", "RECONFIG_FAIL", "POWER_UP_NODE", "EXPEDITING"];

    /// <summary>squeue's word for the state; empty for an empty array.</summary>
    public static string Word(IReadOnlyList<string> state) =>
        Overriding.FirstOrDefault(state.Contains) ?? state.FirstOrDefault(word => !Ignored.Contains(word)) ?? "";
}
