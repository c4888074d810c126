using Tenfold.Core.Queueing;

namespace Tenfold.App.Pushes.Submitting;

/// <summary>The project of a commit that a user asks a server to run, and where and how urgently.</summary>
public sealed record CommitRequest
{
    /// <summary>The repository, as <c>server.yaml</c> names it; or the URL from which git fetches it.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that has the commit; null for the repository's default branch.</summary>
    public string? Branch { get; init; }

    /// <summary>The commit: at least seven digits of its hash; null for the branch's newest.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// The project's folder in the repository, <c>.</c> for its root; null for the root, or for the only project that there is.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>The target's name; null for the only target of the file, or the server's machine when the file has none.</summary>
    public string? Target { get; init; }

    /// <summary>How urgent the runs are.</summary>
    public RunPriority Priority { get; init; } = RunPriority.Normal;

    /// <summary>Who asks. Runs take turns by users.</summary>
    public required string User { get; init; }

    /// <summary>A text by which a request that is sent again is recognised, unique among the user's; null for none.</summary>
    public string? Key { get; init; }
}
