using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Slurm;

/// <summary>The script of an array job: it tells its attempt from its index and becomes the agent.</summary>
internal static class JobScript
{
    /// <summary>Writes it.</summary>
    /// <param name="attempts">The attempts, by index.</param>
    /// <param name="store">The store's URL.</param>
    /// <param name="launch">How the agent is started.</param>
    /// <param name="scratch">The folder on the node's own disk; null for the agent's choice.</param>
    /// <param name="takesUpFor">Seconds in which an element takes up attempts of others after its own; zero for none.</param>
    public static string Write(IReadOnlyList<string> attempts, string store, AgentLaunch launch, string? scratch, int takesUpFor)
    {
        var takesUp = takesUpFor > 0 && attempts.Count > 1;
        var script = new StringBuilder("#!/bin/sh\n");
        script.Append("set --");
        foreach (var attempt in attempts) script.Append(' ').Append(attempt);
        script.Append("\nshift \"$SLURM_ARRAY_TASK_ID\"\nattempt=$1\n");
        // What another element has taken up needs no agent. Put back into the queue, it does: to say that it is lost.
        if (takesUp && !store.Contains("://", StringComparison.Ordinal))
            script.Append($"if [ \"${{SLURM_RESTART_COUNT:-0}}\" = 0 ] && [ -e {Quote(store)}/{AttemptKeys.Claim("\"$attempt\"")} ]; then exit 0; fi\n");
        if (scratch is not null) script.Append($"export TENFOLD_SCRATCH={Quote(scratch)}\n");
        if (launch.Preamble.Length > 0) script.Append(launch.Preamble.TrimEnd('\n')).Append('\n');
        // exec: the agent is then the batch process that Slurm signals and whose exit code it sees.
        script.Append($"exec {launch.Program} agent run --store {Quote(store)} --attempt \"$attempt\"");
        if (takesUp) script.Append($" --then {Quote(AttemptText.Write(attempts))} --takes-up-for {takesUpFor}");
        return script.Append('\n').ToString();
    }

    /// <summary>A word for the shell, quoted where it must be.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+%@".Contains(c)) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
