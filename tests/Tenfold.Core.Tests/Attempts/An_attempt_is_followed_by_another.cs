using System.Text.Json;
using Tenfold.Core.Attempts;
using Tenfold.Core.Runs;

namespace Tenfold.Core.Tests.Attempts;

public sealed class An_attempt_is_followed_by_another
{
    [Theory]
    [InlineData(Ending.Exited)]
    [InlineData(Ending.Signalled)]
    public void A_failed_attempt_is_retried_as_often_as_retries_say(Ending ending) =>
        Chain(retries: 2, ending, ending, ending, ending).ShouldBe([2, 3, null]);

    [Theory]
    [InlineData(Ending.None)]
    [InlineData(Ending.EarlyStopped)]
    [InlineData(Ending.TimeLimit)]
    [InlineData(Ending.Cancelled)]
    [InlineData(Ending.NotStarted)]
    public void An_attempt_that_ended_in_another_way_is_not_retried(Ending ending) => Chain(retries: 5, ending).ShouldBe([null]);

    [Fact]
    public void A_lost_attempt_is_retried_three_times_even_without_retries() =>
        Chain(0, Ending.Lost, Ending.Lost, Ending.Lost, Ending.Lost).ShouldBe([2, 3, 4, null]);

    [Fact]
    public void A_user_says_how_often_a_lost_attempt_is_retried()
    {
        var first = First(0);
        first = first with { Spec = first.Spec with { Resources = new ResourceSpec { LostRetries = 1 } } };
        var second = RetryPolicy.Next(first, Ending.Lost).ShouldNotBeNull();
        second.Number.ShouldBe(2);
        RetryPolicy.Next(second, Ending.Lost).ShouldBeNull();
        first.Spec.Resources.MoreAttempts.ShouldBe(1);
    }

    [Fact]
    public void A_specification_of_an_older_version_allows_three_lost_attempts()
    {
        var spec = JsonSerializer.Serialize(First(2).Spec, AttemptJson.Default.WorkSpec);
        spec.ShouldNotContain("lostRetries");
        JsonSerializer.Deserialize(spec, AttemptJson.Default.WorkSpec).ShouldNotBeNull().Resources.MaxLost.ShouldBe(3);
    }

    [Fact]
    public void A_lost_attempt_does_not_use_up_the_retries() =>
        Chain(1, Ending.Lost, Ending.Exited, Ending.Lost, Ending.Exited).ShouldBe([2, 3, 4, null]);

    [Fact]
    public void The_next_attempt_differs_in_its_number_only()
    {
        var first = First(1);
        RetryPolicy.Next(first, Ending.Exited).ShouldBe(first with { Number = 2 });
        RetryPolicy.Next(first, Ending.Lost).ShouldBe(first with { Number = 2, LostBefore = 1 });
    }

    private static List<int?> Chain(int retries, params Ending[] endings)
    {
        List<int?> numbers = [];
        var now = First(retries);
        foreach (var ending in endings)
        {
            if (now is null) break;
            now = RetryPolicy.Next(now, ending);
            numbers.Add(now?.Number);
        }

        return numbers;
    }

    private static Assignment First(int retries) => new()
    {
        Group = "k7m2xqab",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Repeat = 1,
        Seed = 7,
        Spec = new WorkSpec
        {
            Project = "test",
            Snapshot = "0",
            Environment = new EnvironmentSpec("system"),
            Parameters = JsonDocument.Parse("{}").RootElement,
            Resources = new ResourceSpec { Retries = retries },
        },
    };
}
