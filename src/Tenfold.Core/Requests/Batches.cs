namespace Tenfold.Core.Requests;

/// <summary>A place in a spool: everything before it is loaded.</summary>
/// <param name="Segment">The number of the segment's file. Numbers grow, with gaps.</param>
/// <param name="Offset">The byte in the file.</param>
public readonly record struct SpoolPosition(long Segment, long Offset) : IComparable<SpoolPosition>
{
    /// <inheritdoc/>
    public int CompareTo(SpoolPosition other) =>
        Segment != other.Segment ? Segment.CompareTo(other.Segment) : Offset.CompareTo(other.Offset);

    /// <summary>Whether a position is before another.</summary>
    public static bool operator <(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) < 0;

    /// <summary>Whether a position is after another.</summary>
    public static bool operator >(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) > 0;

    /// <summary>Whether a position is not after another.</summary>
    public static bool operator <=(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a position is not before another.</summary>
    public static bool operator >=(SpoolPosition left, SpoolPosition right) => left.CompareTo(right) >= 0;
}

/// <summary>What a spool lost, and why. The counts only grow, and a restart keeps them.</summary>
/// <param name="Dropped">Records that were dropped because the disk budget was full or the disk failed.</param>
/// <param name="Torn">Unfinished records at the ends of segments. Nobody was told that they were recorded, unless the power failed.</param>
/// <param name="Damaged">Places inside segments that could not be read. Their segments are kept in the spool's folder.</param>
public sealed record SpoolLosses(long Dropped, long Torn, long Damaged)
{
    /// <summary>Nothing was lost.</summary>
    public static SpoolLosses None { get; } = new(0, 0, 0);
}

/// <summary>Successive records of a spool, which are loaded in one transaction.</summary>
public sealed record RequestBatch
{
    /// <summary>The spool's id.</summary>
    public required string Spool { get; init; }

    /// <summary>The position that the log must have stored; null when it must have none.</summary>
    public required SpoolPosition? From { get; init; }

    /// <summary>The position after the batch.</summary>
    public required SpoolPosition To { get; init; }

    /// <summary>The requests.</summary>
    public IReadOnlyList<LoggedRequest> Requests { get; init; } = [];

    /// <summary>The feedback, in the order in which it was received.</summary>
    public IReadOnlyList<Feedback> Feedback { get; init; } = [];

    /// <summary>What the spool lost so far.</summary>
    public SpoolLosses Losses { get; init; } = SpoolLosses.None;
}

/// <summary>What became of a batch.</summary>
/// <param name="IsLoaded">False when the stored position is not the batch's: another loader, or an earlier transaction whose
/// confirmation was lost, loaded it. Nothing was changed: go on from <paramref name="Position"/>.</param>
/// <param name="Position">The stored position.</param>
/// <param name="Refused">Requests that the database refused. They are stored apart, as the spool had them.</param>
/// <param name="ViewFault">Why views of versions are missing in the database; null when none is. The requests are loaded all the same.
/// </param>
public sealed record LoadResult(bool IsLoaded, SpoolPosition? Position, int Refused, string? ViewFault = null);

/// <summary>A spool, as the log knows it.</summary>
/// <param name="Id">The spool's id.</param>
/// <param name="Position">The position up to which it is loaded.</param>
/// <param name="LoadedAt">When the last batch was loaded.</param>
/// <param name="Losses">What the spool lost.</param>
public sealed record LoadedSpool(string Id, SpoolPosition Position, DateTimeOffset LoadedAt, SpoolLosses Losses);
