namespace Tenfold.Core.Tests.Snapshots;

/// <summary>A clock that is ahead of the disk's, so that what a test has just written counts as old; or behind it.</summary>
internal sealed class ManualClock(TimeSpan ahead) : TimeProvider
{
    public static readonly ManualClock Later = new(TimeSpan.FromMinutes(1));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;
}
