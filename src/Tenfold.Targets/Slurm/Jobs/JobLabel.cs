namespace Tenfold.Targets.Slurm.Jobs;

/// <summary>A job's comment: the ledger that submitted the job, and the attempts by index of the array.</summary>
/// <param name="Ledger">The id of the ledger that submitted the job; may be empty.</param>
/// <param name="Attempts">The attempts, by index.</param>
internal sealed record JobLabel(string Ledger, IReadOnlyList<string> Attempts)
{
    private const string Mark = "tenfold:";

    // slurmctld allows 1,024 characters for a comment or a name, including the terminating zero (_test_strlen in job_mgr.c).
    private const int MaxComment = 1000;
    private const int MaxName = 120;

    /// <summary>The comment.</summary>
    public string Comment => $"{Mark}{Ledger}:{AttemptText.Write(Attempts)}";

    /// <summary>The job's name, for people: as many of the first attempts as a listing has room for.</summary>
    public string Name => AttemptText.Write([.. Attempts.Take(AttemptText.CountThatFit(Attempts, MaxName))]);

    /// <summary>How many attempts, from the first, fit into one job.</summary>
    public static int CountThatFit(string ledger, IReadOnlyList<string> attempts) =>
        AttemptText.CountThatFit(attempts, MaxComment - Mark.Length - ledger.Length - 1);

    /// <summary>Reads a comment; null when Tenfold did not write it.</summary>
    public static JobLabel? Read(string? comment)
    {
        if (comment is null || !comment.StartsWith(Mark, StringComparison.Ordinal)) return null;
        var colon = comment.IndexOf(':', Mark.Length);
        return colon >= 0 && AttemptText.Read(comment[(colon + 1)..]) is { } attempts
            ? new JobLabel(comment[Mark.Length..colon], attempts)
            : null;
    }
}
