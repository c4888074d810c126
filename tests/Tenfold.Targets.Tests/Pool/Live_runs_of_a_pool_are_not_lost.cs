using Tenfold.Core.Attempts;
using Tenfold.Core.Pools;
using Tenfold.Core.Reasons;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Pool;

public sealed class Live_runs_of_a_pool_are_not_lost : IDisposable
{
    private readonly LaboratoryPool _pool = new();

    public void Dispose() => _pool.Dispose();

    [Theory]
    [InlineData("none")]
    [InlineData("another")]
    [InlineData("silent")]
    public async Task An_agent_may_start_after_the_machines_were_listed(string before)
    {
        if (before != "none") await _pool.BeatAsync("ws2-a");
        if (before == "silent") _pool.Silence("ws2-a");
        var assignment = await _pool.SubmitAsync();
        var listings = 0;
        _pool.Store.Listed = async folder =>
        {
            // The first listing is for what the attempt waits for.
            if (folder != PoolKeys.Machines("lab") || ++listings != 2) return;
            await _pool.BeatAsync("ws1-a");
            await _pool.ClaimAsync(assignment, "ws1-a");
        };
        (await _pool.ObserveAsync(assignment)).Kind.ShouldBe(BackendKind.Running);
        listings.ShouldBeGreaterThan(1);
        (await _pool.ObserveAsync(assignment)).Kind.ShouldBe(BackendKind.Running);
    }

    [Fact]
    public async Task An_agent_may_start_after_the_queue_was_listed()
    {
        var assignment = await _pool.SubmitAsync();
        await _pool.ClaimAsync(assignment, "ws1-a");
        _pool.Store.Listed = async folder =>
        {
            if (folder == PoolKeys.Machines("lab")) await _pool.BeatAsync("ws1-a");
        };
        (await _pool.ObserveAsync(assignment)).Kind.ShouldBe(BackendKind.Running);
    }

    [Fact]
    public async Task After_an_outage_agents_have_time_to_write_again()
    {
        var assignment = await RunningAsync();
        _pool.Silence("ws1-a");
        await ShouldBeRunningAsync(assignment, 0, 15, 14);
        await _pool.BeatAsync("ws1-a");
        await ShouldBeRunningAsync(assignment, 0);
        // A sign of life ends the silence, so the next silence begins anew.
        _pool.Silence("ws1-a");
        await ShouldBeRunningAsync(assignment, 10, 15, 14);
        await ShouldBeLostAsync(assignment, 1);
    }

    [Fact]
    public async Task A_round_that_failed_does_not_count_as_silence()
    {
        var assignment = await RunningAsync();
        _pool.Silence("ws1-a");
        await ShouldBeRunningAsync(assignment, 0, 29);
        _pool.Store.IsDown = true;
        await Should.ThrowAsync<StoreException>(() => _pool.ObserveAsync(assignment));
        _pool.Store.IsDown = false;
        await ShouldBeRunningAsync(assignment, 60, 29);
        await ShouldBeLostAsync(assignment, 1);
    }

    [Fact]
    public async Task A_long_pause_of_the_controller_does_not_count_as_silence()
    {
        var assignment = await RunningAsync();
        _pool.Silence("ws1-a");
        await ShouldBeRunningAsync(assignment, 0, 600, 29);
        await ShouldBeLostAsync(assignment, 1);
    }

    private async Task<Assignment> RunningAsync()
    {
        var assignment = await _pool.SubmitAsync();
        await _pool.BeatAsync("ws1-a");
        await _pool.ClaimAsync(assignment, "ws1-a");
        await ShouldBeRunningAsync(assignment, 0);
        return assignment;
    }

    private async Task ShouldBeRunningAsync(Assignment assignment, params int[] seconds)
    {
        foreach (var some in seconds)
        {
            _pool.Time.Pass(TimeSpan.FromSeconds(some));
            (await _pool.ObserveAsync(assignment)).Kind.ShouldBe(BackendKind.Running);
        }
    }

    private async Task ShouldBeLostAsync(Assignment assignment, int seconds)
    {
        _pool.Time.Pass(TimeSpan.FromSeconds(seconds));
        var lost = await _pool.ObserveAsync(assignment);
        (lost.Kind, lost.End).ShouldBe((BackendKind.Gone, Ending.Lost));
        lost.Reason.Words().ShouldNotBeNull().ShouldContain("ws1");
    }
}
