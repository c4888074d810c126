using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>The script of an array job: it tells its attempt from its index and becomes the agent.</summary>
internal static class JobScript
{
    // What a job gets instead of its agent when a line of `setup` fails.
    private const string Failed = "echo \"tenfold: 'setup' of the target failed on $(hostname), see above\" >&2; exit 69";

    /// <summary>Writes it.</summary>
    public static string Write(JobRequest request)
    {
        var (attempts, store, setup) = (request.Label.Attempts, request.Store, request.Options.Setup);
        var takesUp = request.CarrySeconds > 0 && attempts.Count > 1;
        // Of the shells only bash has what sites give for their modules.
        var script = new StringBuilder(setup is null ? "#!/bin/sh\n" : "#!/bin/bash\n");
        script.Append("set --");
        foreach (var attempt in attempts) script.Append(' ').Append(attempt);
        script.Append("\nshift \"$SLURM_ARRAY_TASK_ID\"\nattempt=$1\n");
        // What another element has taken up needs no agent. Put back into the queue, it does: to say that it is lost.
        if (takesUp && !store.Contains("://", StringComparison.Ordinal))
            script.Append(
                $"if [ \"${{SLURM_RESTART_COUNT:-0}}\" = 0 ] && [ -e {Quote(store)}/{AttemptKeys.Claim("\"$attempt\"")} ]; then exit 0; " +
                $"fi\n");
        if (request.Options.Scratch is { } scratch) script.Append($"export TENFOLD_SCRATCH={Quote(scratch)}\n");
        if (setup is not null) AppendSetup(script, setup, request.Shell);
        if (request.Launch.Preamble.Length > 0) script.Append(request.Launch.Preamble.TrimEnd('\n')).Append('\n');
        // exec: the agent is then the batch process that Slurm signals and whose exit code it sees.
        script.Append($"exec {request.Launch.Program} agent run --store {Quote(store)} --attempt \"$attempt\"");
        if (takesUp) script.Append($" --submission {Quote(AttemptText.Write(attempts))} --carry-for {request.CarrySeconds}");
        return script.Append('\n').ToString();
    }

    // A login shell's settings of the node come first. Over them come the variables of the shell that planned the run, and last the user's
    // own lines, which win.
    private static void AppendSetup(StringBuilder script, string setup, IReadOnlyDictionary<string, string> shell)
    {
        script.Append("if [ -r /etc/profile ]; then . /etc/profile > /dev/null; fi\n");
        foreach (var (name, value) in shell.OrderBy(variable => variable.Key, StringComparer.Ordinal))
            script.Append(name == "PATH" ? $"export PATH={Quote(value)}:\"$PATH\"\n" : $"export {name}={Quote(value)}\n");
        script.Append($"trap {Quote(Failed)} EXIT\nset -e\n{setup.TrimEnd()}\nset +e\ntrap - EXIT\nexport {ShellVariables.IsSetUp}=1\n");
    }

    /// <summary>A word for the shell, quoted where it must be.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+%@".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
