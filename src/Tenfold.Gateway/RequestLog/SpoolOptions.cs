namespace Tenfold.Gateway.RequestLog;

/// <summary>How requests are recorded on the disk until they are in the database.</summary>
public sealed record SpoolOptions
{
    /// <summary>The folder of this gateway's spool, on a local disk. A folder belongs to one gateway at a time.</summary>
    public required string Folder { get; init; }

    /// <summary>When a record counts as recorded. Default: once the operating system has it.</summary>
    public Durability Durability { get; init; } = Durability.Write;

    /// <summary>What happens to a request for which there is no room. Default: it is refused.</summary>
    public FullPolicy WhenFull { get; init; } = FullPolicy.Refuse;

    /// <summary>The disk space that the spool may take. Default 4 GB: hours of requests while the database is down.</summary>
    public long BudgetBytes { get; init; } = 4L << 30;

    /// <summary>The size at which the next file is begun; at most an eighth of the budget, because only whole files are deleted.</summary>
    public long SegmentBytes { get; init; } = 64 << 20;

    /// <summary>With <see cref="Durability.Async"/>: the bytes that may wait in memory. When more wait, requests wait too.</summary>
    public int MaxWaitingBytes { get; init; } = 8 << 20;

    /// <summary>The most records that are loaded in one transaction.</summary>
    public int BatchRecords { get; init; } = 5000;

    /// <summary>The most bytes that are loaded in one transaction, unless a single record is larger.</summary>
    public int BatchBytes { get; init; } = 8 << 20;

    /// <summary>How long the loader waits for more records after it has loaded all. Default 100 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// While requests arrive and no more than these bytes wait, the loader takes a quarter of the time only, so that bursts of requests get
    /// the processor. Default 64 MB: some seconds of requests at full load.
    /// </summary>
    public long PoliteBytes { get; init; } = 64 << 20;

    /// <summary>The longest pause before the loader tries an unreachable database again. Default 5 s.</summary>
    public TimeSpan MaxPause { get; init; } = TimeSpan.FromSeconds(5);

    // With less room than this, requests are refused before a version is called for nothing.
    internal long ReserveBytes => Math.Min(1 << 20, BudgetBytes / 64);

    internal long EffectiveSegmentBytes => Math.Max(Math.Min(SegmentBytes, BudgetBytes / 8), 1);
}

/// <summary>When a record counts as recorded.</summary>
public enum Durability
{
    /// <summary>Once the operating system has it: it survives the end of the gateway, however it ends, but no power failure.</summary>
    Write,

    /// <summary>At once: the end of the gateway may lose what was recorded in the last milliseconds.</summary>
    Async,

    /// <summary>Once the disk has it: it survives a power failure.</summary>
    Fsync,
}

/// <summary>What happens to a request for which the spool has no room.</summary>
public enum FullPolicy
{
    /// <summary>It is refused with status 503, so that no reply goes unrecorded.</summary>
    Refuse,

    /// <summary>It is answered but not recorded, and counted.</summary>
    Drop,
}
