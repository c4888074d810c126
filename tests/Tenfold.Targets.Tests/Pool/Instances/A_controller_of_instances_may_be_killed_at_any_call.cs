using Tenfold.Core.Pools;

namespace Tenfold.Targets.Tests.Pool.Instances;

public sealed class A_controller_of_instances_may_be_killed_at_any_call
{
    // Listing; before and after the start of each of three instances.
    private const int Steps = 7;

    [Fact]
    public async Task All_steps_are_killed_at()
    {
        using var scene = new InstanceScene(count: 3);
        await scene.SubmitAsync(6);
        scene.Cloud.Steps.ShouldBe(Steps);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_next_controller_starts_what_is_missing_and_nothing_twice(int step)
    {
        using var scene = new InstanceScene(count: 4);
        scene.Cloud.KilledAt = step;
        IReadOnlyList<Core.Attempts.Assignment> assignments = [];
        await Should.ThrowAsync<KilledException>(async () => assignments = await scene.SubmitAsync(6));
        // The intent was recorded: the instances in the home, and the attempts in the queue.
        scene.Book.Read().ShouldHaveSingleItem().Instances.ShouldBe(scene.Ids);
        var queue = await scene.Store.ListAsync(PoolKeys.Queue("ten"), CancellationToken.None).Select(entry => entry.Key).ToListAsync();
        queue.Count.ShouldBe(6);
        scene.Cloud.KilledAt = null;
        var next = scene.Restart();
        await next.ObserveAsync([.. queue.Select(entry => PoolKeys.AttemptOf(entry)!)]);
        var on = scene.Ids.Where(id => scene.Cloud[id].State == InstanceState.Starting);
        on.ShouldBe(scene.Ids.Take(3), "three machines have room for six runs");
        scene.Cloud.Calls.Count(call => call == "start i-04").ShouldBe(0);
    }
}
