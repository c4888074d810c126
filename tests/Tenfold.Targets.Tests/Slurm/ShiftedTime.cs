namespace Tenfold.Targets.Tests.Slurm;

/// <summary>The system clock, put forward by an offset that a test sets.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan By { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + By;

    public override long GetTimestamp() => System.GetTimestamp() + (long)(By.TotalSeconds * TimestampFrequency);
}
