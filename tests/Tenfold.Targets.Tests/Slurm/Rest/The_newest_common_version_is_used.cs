using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Rest;

public sealed class The_newest_common_version_is_used
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(new[] { 40 }, 40)]
    [InlineData(new[] { 39, 40, 41 }, 41)] // Slurm 24.05
    [InlineData(new[] { 40, 41, 42 }, 42)] // 24.11
    [InlineData(new[] { 40, 41, 42, 43 }, 43)] // 25.05
    [InlineData(new[] { 41, 42, 43, 44 }, 44)] // 25.11
    [InlineData(new[] { 42, 43, 44, 45 }, 45)] // 26.05
    [InlineData(new[] { 43, 44, 45, 46 }, 45)]
    [InlineData(new[] { 45, 46, 47, 48 }, 45)]
    public async Task Each_release_is_used_in_its_newest_known_version(int[] versions, int used)
    {
        using var bench = new RestBench(versions);
        (await bench.Slurm.GetFactsAsync(Cancel)).Place.ShouldBe($"{StandInSlurmrestd.User}@{StandInSlurmrestd.Cluster}");
        bench.Server.Requests.Count.ShouldBeLessThanOrEqualTo(7);
        var before = bench.Server.Requests.Count;
        for (var round = 0; round < 3; round++) await bench.Slurm.ListJobsAsync(Cancel);
        await bench.Slurm.GetFactsAsync(Cancel);
        bench.Server.Requests.Skip(before).ShouldBe(Enumerable.Repeat($"GET slurm/v0.0.{used}/jobs/?flags=ALL", 3));
        bench.Server.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Old_releases_are_used_in_v38()
    {
        foreach (var versions in new[] { new[] { 36, 37, 38 }, [38, 39, 40] }) // Slurm 22.05 and 23.11
        {
            using var bench = new RestBench(versions);
            (await bench.Slurm.GetFactsAsync(Cancel)).Place.ShouldBe($"{StandInSlurmrestd.User}@{StandInSlurmrestd.Controller}");
            bench.Server.Requests.Count.ShouldBe(6);
            bench.Server.Requests[^1].ShouldBe("GET slurm/v0.0.38/ping");
        }
    }

    // These releases cancelled the whole array when one waiting element was to be cancelled.
    [Theory]
    [InlineData("23.11.6", false)]
    [InlineData("", false)]
    [InlineData("23.11.7", true)]
    [InlineData("24.05.0rc1", true)]
    public async Task A_release_that_cannot_cancel_a_single_element_is_not_used_in_v40(string release, bool isSound)
    {
        using var bench = new RestBench(39, 40);
        bench.Server.Release = release;
        if (isSound) (await bench.Slurm.GetFactsAsync(Cancel)).Cluster.ShouldBe(StandInSlurmrestd.Cluster);
        else (await Should.ThrowAsync<TargetException>(() => bench.Slurm.GetFactsAsync(Cancel))).Message.ShouldContain(
            "serves openapi v0.0.39, v0.0.40; tenfold knows v0.0.38 and, from Slurm 23.11.7 on, v0.0.40");
    }

    [Fact]
    public async Task An_unknown_server_is_reported_with_the_versions_that_it_serves()
    {
        using var bench = new RestBench(47, 46);
        var message = (await Should.ThrowAsync<TargetException>(() => bench.Slurm.ListJobsAsync(Cancel))).Message;
        message.ShouldStartWith(
            $"slurmrestd at {bench.Server.Address} serves openapi v0.0.46, v0.0.47; "
            + "tenfold knows v0.0.38 and, from Slurm 23.11.7 on, v0.0.40 to v0.0.45 (Slurm 22.05 to 26.05)");
        using var none = new RestBench();
        (await Should.ThrowAsync<TargetException>(() => none.Slurm.ListJobsAsync(Cancel))).Message.ShouldContain(
            "serves no openapi version that tenfold knows");
    }

    [Fact]
    public async Task A_running_process_finds_the_new_version_after_an_update_of_Slurm()
    {
        using var bench = new RestBench(40, 41);
        var before = await bench.Slurm.GetFactsAsync(Cancel);
        bench.Server.Versions = [42, 43];
        await Should.ThrowAsync<TargetException>(() => bench.Slurm.ListJobsAsync(Cancel));
        (await bench.Slurm.ListJobsAsync(Cancel)).ShouldBeEmpty();
        bench.Server.Requests[^1].ShouldStartWith("GET slurm/v0.0.43/jobs/");
        (await bench.Slurm.GetFactsAsync(Cancel)).ShouldBe(before);
    }

    [Fact]
    public async Task A_place_recorded_without_the_clusters_name_is_recognised()
    {
        using var bench = new RestBench(38);
        var recorded = (await bench.Slurm.GetFactsAsync(Cancel)).Place;
        using var other = new RestBench(43);
        var facts = await other.Slurm.GetFactsAsync(Cancel);
        facts.Place.ShouldNotBe(recorded);
        facts.Is(recorded).ShouldBeTrue();
        facts.Is(facts.Place).ShouldBeTrue();
        facts.Is($"bob@{StandInSlurmrestd.Cluster}").ShouldBeFalse();
    }
}
