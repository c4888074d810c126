using Tenfold.Core.Queueing;

namespace Tenfold.Core.Tests.Queueing;

public sealed class Waiting_runs_take_turns
{
    private static readonly QueueOwner
        Vision = new("vision", "ann", RunPriority.Normal), Speech = new("speech", "bob", RunPriority.Normal);

    [Fact]
    public void A_group_of_3_starts_beside_a_group_of_500_of_another_project()
    {
        var cluster = new SimulatedCluster(machines: 4);
        cluster.Add(Vision, 500, hours: 1);
        cluster.Advance();
        cluster.Add(Speech, 3, hours: 1);
        var others = cluster.StartsUntil(Speech);
        others.ShouldBe(0, "the first machine that is free goes to the project that has none");
        cluster.Advance();
        cluster.StartsOf(Speech).ShouldBe(3, "two of four machines, and then the third");
    }

    [Fact]
    public void Projects_share_by_their_number_not_by_the_length_of_their_queues()
    {
        var cluster = new SimulatedCluster(machines: 6);
        cluster.Add(Vision, 300, hours: 5);
        cluster.Add(Speech, 3000, hours: 1);
        for (var hour = 0; hour < 100; hour++) cluster.Advance();
        // Half of the machines, although a run of one takes five times as long as a run of the other.
        cluster.HoursOf(Vision).ShouldBeInRange(270, 330);
        cluster.HoursOf(Speech).ShouldBeInRange(270, 330);
    }

    [Fact]
    public void Users_share_what_their_project_has()
    {
        var (ann, ben) = (Vision, Vision with { User = "ben" });
        var cluster = new SimulatedCluster(machines: 4);
        cluster.Add(ann, 400, hours: 1);
        cluster.Add(ben, 400, hours: 1);
        cluster.Add(Speech, 400, hours: 1);
        for (var hour = 0; hour < 50; hour++) cluster.Advance();
        cluster.StartsOf(Speech).ShouldBeInRange(98, 102);
        cluster.StartsOf(ann).ShouldBeInRange(48, 52);
        cluster.StartsOf(ben).ShouldBeInRange(48, 52);
    }

    [Fact]
    public void A_priority_is_a_weight_on_one_machine_too()
    {
        var cluster = new SimulatedCluster(machines: 1);
        var (high, low) = (Vision with { Priority = RunPriority.High }, Speech with { Priority = RunPriority.Low });
        cluster.Add(low, 100, hours: 1);
        cluster.Add(high, 400, hours: 1);
        for (var hour = 0; hour < 170; hour++) cluster.Advance();
        cluster.StartsOf(low).ShouldBeInRange(9, 11);
    }

    [Fact]
    public void The_oldest_run_of_a_user_comes_first()
    {
        (QueueOwner Owner, int Age)[] waiting = [(Vision, 0), (Speech, 1), (Vision, 2), (Speech, 3)];
        new FairOrder().Order(waiting, one => one.Owner).Select(one => one.Age).ShouldBe([0, 1, 2, 3]);
        var order = new FairOrder();
        order.AddRunning(Vision);
        order.Order(waiting, one => one.Owner).Select(one => one.Age).ShouldBe([1, 3, 0, 2]);
    }

    [Fact]
    public void An_end_gives_the_place_back()
    {
        var order = new FairOrder();
        order.Start(Vision);
        order.AddRunning(Speech);
        order.End(Speech);
        (QueueOwner Owner, int Age)[] waiting = [(Vision, 0), (Speech, 1)];
        order.Order(waiting, one => one.Owner).First().Owner.ShouldBe(Speech);
        order.End(Vision);
        order.Order(waiting, one => one.Owner).First().Owner.ShouldBe(Speech, "Vision had the last turn");
    }

    // Nobody starves: while all others submit without end, every waiting run at the head of its user's queue starts after a bounded number
    // of other starts. Between shares of one parent it waits at most the others' weights over its own, on one machine or on many.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Every_waiting_run_starts_after_a_bounded_number_of_others(int machines)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            var cluster = new SimulatedCluster(machines) { LargestRun = 6 };
            QueueOwner[] owners =
            [
                .. from project in Enumerable.Range(0, 4) from user in Enumerable.Range(0, 2) from priority in Enum.GetValues<RunPriority>()
                   select new QueueOwner($"p{project}", $"u{user}", priority),
            ];
            for (var hour = 0; hour < 300; hour++)
            {
                // Each owner always has work, and some submit much more than others.
                foreach (var owner in owners)
                    while (cluster.WaitingOf(owner) < 1 + random.Next(5)) cluster.Add(owner, 1, 1 + random.Next(6));
                cluster.Advance();
            }

            // 4 projects, 2 users in each, weights 16 + 4 + 1: a low one has every 4 * 2 * 21st turn of one machine. A run that runs
            // itself for 6 hours may let the others have six times the machines' starts meanwhile.
            cluster.LongestWait.ShouldBeLessThanOrEqualTo((4 * 2 * 21) + (6 * machines) + 24, $"seed {seed}");
            cluster.LongestWait.ShouldBeGreaterThan(20, "somebody had to wait, or this proves nothing");
        }
    }

    [Fact]
    public void Old_projects_are_forgotten()
    {
        var order = new FairOrder();
        for (var i = 0; i < 5000; i++) order.TakeTurn(new QueueOwner($"project {i}", "", RunPriority.Normal));
        (QueueOwner Owner, int Age)[] waiting =
            [(new QueueOwner("project 4999", "", RunPriority.Normal), 0), (new QueueOwner("project 1", "", RunPriority.Normal), 1)];
        order.Order(waiting, one => one.Owner).First().Owner.Project.ShouldBe("project 1", "its turn was longer ago");
    }

    [Fact]
    public void Twenty_thousand_waiting_runs_are_ordered_in_a_moment()
    {
        (QueueOwner Owner, int Age)[] waiting =
            [.. Enumerable.Range(0, 20_000).Select(i => (new QueueOwner($"p{i % 50}", $"u{i % 3}", (RunPriority)(i % 3)), i))];
        var order = new FairOrder();
        var steps = 0;
        foreach (var (owner, _) in order.Order(waiting, one => one.Owner))
        {
            order.Start(owner);
            steps++;
        }

        steps.ShouldBe(20_000);
    }
}
