using System.Text;
using Tenfold.Core.Attempts;
using Tenfold.Targets.Slurm.Jobs;

namespace Tenfold.Targets.Slurm.Submit;

/// <summary>Writes the script of an array job. It finds its attempt by its index, and then becomes the agent.</summary>
internal static class JobScript
{
    private const int MaxSharedDigests = 1900;

    // Runs instead of the agent when a line of `setup` fails.
    private const string SetupFailed = "echo \"tenfold: 'setup' of the target failed on $(hostname), see above\" >&2; exit 69";

    /// <summary>Writes the script.</summary>
    public static string Write(JobRequest request)
    {
        var (attempts, store, setup) = (request.Label.Attempts, request.Store, request.Options.Setup);
        var hasDigests = attempts.All(request.Digests.ContainsKey);
        // The agent gets the digests of the whole array in one variable, whose length Linux limits to 128 KiB.
        var isShared = request.SharingSeconds > 0 && attempts.Count > 1 && (!hasDigests || attempts.Count <= MaxSharedDigests);
        // The `module` command that most clusters offer is a bash function.
        var script = new StringBuilder(setup is null ? "#!/bin/sh\n" : "#!/bin/bash\n");
        script.Append("set --");
        foreach (var attempt in attempts) script.Append(' ').Append(attempt);
        script.Append("\nshift \"$SLURM_ARRAY_TASK_ID\"\nattempt=$1\n");
        if (hasDigests) AppendDigests(script, request, isShared);
        if (isShared && OutputFolder.IsFolder(store)) AppendClaimCheck(script, store);
        if (request.Options.Scratch is { } scratch) script.Append($"export TENFOLD_SCRATCH={Quote(scratch)}\n");
        if (setup is not null) AppendSetup(script, setup, request.Shell);
        if (request.Launch.Preamble.Length > 0) script.Append(request.Launch.Preamble.TrimEnd('\n')).Append('\n');
        // With exec, the agent is the batch process that Slurm signals and whose exit code Slurm records.
        script.Append($"exec {request.Launch.Program} agent run --store {Quote(store)} --attempt \"$attempt\"");
        if (hasDigests) script.Append(" --assignment-sha256 \"$assignment\"");
        if (isShared) script.Append($" --submission {Quote(AttemptText.Write(attempts))} --share-for {request.SharingSeconds}");
        return script.Append('\n').ToString();
    }

    /// <summary>Quotes a word for the shell if it needs quotes.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+%@".Contains(c))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static void AppendDigests(StringBuilder script, JobRequest request, bool isShared)
    {
        script.Append("set --");
        foreach (var attempt in request.Label.Attempts) script.Append(' ').Append(request.Digests[attempt]);
        script.Append('\n');
        if (isShared) script.Append($"export {SiblingDigests.Variable}=\"$*\"\n");
        script.Append("shift \"$SLURM_ARRAY_TASK_ID\"\nassignment=$1\n");
    }

    // If another element has claimed the attempt, this element need not start an agent. A requeued element must: its agent reports the
    // attempt lost.
    private static void AppendClaimCheck(StringBuilder script, string store)
    {
        var claim = $"{Quote(store)}/{AttemptKeys.Claim("\"$attempt\"")}";
        script.Append($"if [ \"${{SLURM_RESTART_COUNT:-0}}\" = 0 ] && [ -e {claim} ]; then exit 0; fi\n");
    }

    // The node's login settings come first, then the variables of the shell that planned the run, then the user's own lines, which win.
    private static void AppendSetup(StringBuilder script, string setup, IReadOnlyDictionary<string, string> shell)
    {
        script.Append("if [ -r /etc/profile ]; then . /etc/profile > /dev/null; fi\n");
        foreach (var (name, value) in shell.OrderBy(variable => variable.Key, StringComparer.Ordinal))
            script.Append(name == "PATH" ? $"export PATH={Quote(value)}:\"$PATH\"\n" : $"export {name}={Quote(value)}\n");
        script.Append($"trap {Quote(SetupFailed)} EXIT\nset -e\n{setup.TrimEnd()}\nset +e\ntrap - EXIT\n")
            .Append($"export {ShellVariables.IsSetUp}=1\n");
    }
}
