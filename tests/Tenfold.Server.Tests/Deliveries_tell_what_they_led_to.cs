using Tenfold.App.Pushes;
using Tenfold.Core.Pushes;

namespace Tenfold.Server.Tests;

public sealed class Deliveries_tell_what_they_led_to
{
    private static readonly Delivery Read = new()
    {
        Id = "github-1",
        Host = HostKind.GitHub,
        Event = "push",
        Repository = "acme/vision",
        ReceivedAt = DateTimeOffset.UnixEpoch,
        State = DeliveryState.Done,
        Push = "abcdefgh",
    };

    private static readonly PushRecord Push = new()
    {
        Id = "abcdefgh",
        Repository = "acme/vision",
        Ref = new PushRef("main"),
        Commit = new string('1', 40),
        ReceivedAt = DateTimeOffset.UnixEpoch,
    };

    [Fact]
    public void A_delivery_without_a_push_says_why()
    {
        ResultsOf(Read with { State = DeliveryState.Waiting, Push = null }, null).ShouldBe(["it waits to be read"]);
        ResultsOf(Read with { State = DeliveryState.Ignored, Detail = "a tag", Push = null }, null).ShouldBe(["a tag"]);
    }

    [Fact]
    public void A_push_that_started_nothing_says_why()
    {
        ResultsOf(Read, Push).ShouldBe(["main at 1111111111: its runs are not planned yet"]);
        ResultsOf(Read, Push with { FailingSince = DateTimeOffset.UnixEpoch }).ShouldHaveSingleItem().ShouldContain("tried again");
        ResultsOf(Read, Push with { State = PushState.Superseded }).ShouldHaveSingleItem().ShouldContain("newer push");
        ResultsOf(Read, Push with { State = PushState.Failed, Detail = "no host" }).ShouldHaveSingleItem().ShouldContain("failed: no host");
        ResultsOf(Read, Push with { State = PushState.Done, Detail = "no file" }).ShouldHaveSingleItem().ShouldContain("ran: no file");
    }

    [Fact]
    public void A_push_that_started_runs_names_each_group_and_its_verdict()
    {
        PushProject[] projects =
        [
            new("") { Group = "aaaa1111" },
            new("models/a") { Group = "bbbb2222", Outcome = PushOutcome.Failure, Detail = "worse: by 0.1" },
            new("b") { Outcome = PushOutcome.Error, Detail = "no target" },
        ];
        ResultsOf(Read, Push with { State = PushState.Running, Projects = projects }).ShouldBe(
        [
            "main at 1111111111: the runs of aaaa1111 are not over",
            "main at 1111111111 (models/a): bbbb2222 failed: worse: by 0.1",
            "main at 1111111111 (b): it could not run: no target",
        ]);
    }

    private static IReadOnlyList<string> ResultsOf(Delivery delivery, PushRecord? push) => new DeliveryReport(delivery, push).Results();
}
