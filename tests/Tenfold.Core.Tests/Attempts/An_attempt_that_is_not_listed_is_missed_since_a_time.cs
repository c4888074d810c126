using Tenfold.Core.Attempts;
using Tenfold.Core.Store;

namespace Tenfold.Core.Tests.Attempts;

/// <summary>Backends list new jobs late and forget old ones, so that an attempt is gone only after a while.</summary>
public sealed class An_attempt_that_is_not_listed_is_missed_since_a_time : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new();
    private readonly FrozenClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Several_processes_conclude_the_same()
    {
        var missing = Open();
        (await IsMissingAsync(missing)).ShouldBeFalse();
        _clock.Pass(9);
        (await IsMissingAsync(missing)).ShouldBeFalse();
        (await IsMissingAsync(Open())).ShouldBeFalse();
        _clock.Pass(2);
        (await IsMissingAsync(missing)).ShouldBeTrue();
        (await IsMissingAsync(Open())).ShouldBeTrue();
    }

    [Fact]
    public async Task A_listed_attempt_is_not_missed_any_more()
    {
        var missing = Open();
        await IsMissingAsync(missing);
        _clock.Pass(11);
        await missing.ForgetAsync("a-1", default);
        (await IsMissingAsync(missing)).ShouldBeFalse();
        (await IsMissingAsync(Open())).ShouldBeFalse();
    }

    [Theory]
    [InlineData(8 * 24 * 60)]
    [InlineData(-30)]
    public async Task A_mark_that_is_very_old_or_of_the_future_does_not_count(int minutes)
    {
        await IsMissingAsync(Open());
        _clock.Pass(minutes);
        (await IsMissingAsync(Open())).ShouldBeFalse();
    }

    private MissingAttempts Open() => new(new FolderStore(_folder["store"]), _clock);

    private static Task<bool> IsMissingAsync(MissingAttempts missing) => missing.IsLongerThanAsync("a-1", Delay, default);
}
