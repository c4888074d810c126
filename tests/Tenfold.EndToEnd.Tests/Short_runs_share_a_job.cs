using System.Text.Json;
using System.Text.RegularExpressions;
using Tenfold.EndToEnd.Tests.Parts;

namespace Tenfold.EndToEnd.Tests;

/// <summary>
/// An array element whose own run was short executes other runs of the array. Each run must end exactly once, whatever happens meanwhile.
/// </summary>
public sealed class Short_runs_share_a_job(Cloud cloud) : IClassFixture<Cloud>
{
    // The first run of a group ends at once, so that its array element goes on to execute others.
    private static string ShortFirst(Sandbox place) =>
        $"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\ncase $TENFOLD_RUN in *-1) exit 0 ;; esac\n";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Thirty_runs_on_two_slots_execute_once_each_in_fewer_jobs(bool bucket)
    {
        await using var place = cloud.Project();
        place.Write(
            "train.sh", $"echo $TENFOLD_RUN >> {place.Outside}/ran\necho $SLURM_JOB_ID >> {place.Outside}/jobs\n{Sandbox.SeedScript}");
        if (bucket) cloud.UseBucket(place, "short");
        var group = await place.Fit("--on", "cluster", "--repeat", "30", "--parallel", "2");
        group.Runs().Count.ShouldBe(30);
        group.Runs().ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 1);
        group.Runs().Select(run => run.Number("value")).Distinct().Count().ShouldBe(30);
        place.Lines("ran").Order().ShouldBe(group.Runs().Select(run => run.Id()).Order());
        place.Lines("jobs").Distinct().Count().ShouldBeLessThan(20);
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task Trials_in_one_job_have_their_own_parameters()
    {
        // Each node has room for one trial.
        await using var place = cloud.Project(
            more: """
            resources: { cpus: 16 }
            sweep: { parameters: { x: { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] } }, method: grid }

            """);
        place.Write(
            "tenfold.yaml",
            (await File.ReadAllTextAsync(Path.Combine(place.Project, "tenfold.yaml"))).Replace("train:\n", "train:\n  params: { x: 1 }\n"));
        place.Write(
            "train.sh",
            $$"""
            echo $TENFOLD_RUN $TENFOLD_PARAM_X >> {{place.Outside}}/ran
            echo "{\"metric\":\"accuracy\",\"value\":$TENFOLD_PARAM_X}"
            """);
        (await place.Run("sweep", "--on", "cluster")).With(0);
        place.Lines("ran").Select(line => line.Split(' ')[1]).Distinct().Count().ShouldBe(12);
        place.Lines("ran").Select(line => line.Split(' ')[0]).Distinct().Count().ShouldBe(place.Lines("ran").Length);
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task Cancelling_a_group_cancels_its_running_and_waiting_runs()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", $"{ShortFirst(place)}while :; do sleep 0.1; done\n");
        var group = (await place.Run("fit", "--detach", "--json", "--on", "cluster", "--repeat", "10", "--parallel", "1")).With(0).Json[0]
            .Group();
        await place.RunsUntil(runs => runs.Count(run => run.State() == "running") == 1 && place.Lines("ran").Length == 2);
        place.Lines("ran")[1].ShouldBe($"{group}-10-1", "an element takes the last run next");
        (await place.Run("cancel", group)).With(0);
        var ended = await place.RunsUntilAllEnded();
        ended.Count(run => run.State() == "cancelled").ShouldBe(9);
        ended.Single(run => run.Id() == $"{group}-1").State().ShouldBe("succeeded");
        place.Lines("ran").Length.ShouldBe(2);
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task A_lost_node_loses_only_the_running_attempt_which_resumes_once_from_its_checkpoint()
    {
        await using var place = cloud.Project();
        place.Write(
            "train.sh",
            $"""
            {ShortFirst(place)}
            if [ ! -e $TENFOLD_CHECKPOINT_DIR/step ]; then
                echo 41 > $TENFOLD_CHECKPOINT_DIR/step
                while :; do sleep 0.1; done
            fi
            echo from $(cat $TENFOLD_CHECKPOINT_DIR/step)
            """);
        var group = (await place.Run("fit", "--detach", "--json", "--on", "cluster", "--repeat", "2", "--parallel", "1")).With(0).Json[0]
            .Group();
        var carried = Path.Combine(place.Home, "store", "attempts", $"{group}-2-1");
        await Until.True(
            () => Directory.Exists($"{carried}/checkpoints")
                && Directory.EnumerateFiles($"{carried}/checkpoints", "manifest*", SearchOption.AllDirectories).Any(),
            "a checkpoint is in the store");
        Carrier(carried).ShouldBe($"{group}-1-1");
        var node = cloud.Cluster.Run("squeue", "--noheader", "--states=running", "--format=%N").Trim();
        cloud.Cluster.Kill(node);
        cloud.Cluster.KillJobs(node);
        try
        {
            var ended = await place.RunsUntilAllEnded();
            ended.ShouldAllBe(run => run.State() == "succeeded");
            ended.Select(run => run.Number("attempts")).Order().ShouldBe([1, 2]);
        }
        finally
        {
            cloud.Cluster.Start(node);
        }

        place.Lines("ran").ShouldBe([$"{group}-1-1", $"{group}-2-1", $"{group}-2-2"]);
        (await place.Run("logs", $"{group}-2")).With(0).Out.ShouldContain("from 41\n");
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task An_array_ended_with_scancel_is_cancelled_with_the_runs_that_it_executes()
    {
        await using var place = cloud.Project();
        place.Write("train.sh", $"{ShortFirst(place)}while :; do sleep 0.1; done\n");
        (await place.Run("fit", "--detach", "--json", "--on", "cluster", "--repeat", "4", "--parallel", "1")).With(0);
        await Until.True(() => place.Lines("ran").Length == 2, "the element executes another run");
        cloud.Cluster.Run("scancel", "--user=root");
        var ended = await place.RunsUntilAllEnded();
        ended.Count(run => run.State() == "succeeded").ShouldBe(1);
        ended.Where(run => run.State() == "cancelled").Select(run => run.Text("reason")).ShouldAllBe(reason => reason!.Contains("scancel"));
        place.Lines("ran").Length.ShouldBe(2);
        await ShouldBeCleanAsync(place);
    }

    [Fact]
    public async Task Failed_runs_are_retried()
    {
        await using var place = cloud.Project(more: "resources: { retries: 1 }\n");
        place.Write(
            "train.sh",
            $"echo $TENFOLD_ATTEMPT >> {place.Outside}/ran\ncase $TENFOLD_ATTEMPT in *-1) exit 1 ;; esac\n{Sandbox.SeedScript}");
        var group = await place.Fit("--on", "cluster", "--repeat", "12", "--parallel", "2");
        group.Runs().ShouldAllBe(run => run.State() == "succeeded" && run.Number("attempts") == 2);
        place.Lines("ran").Distinct().Count().ShouldBe(24);
        place.Lines("ran").Length.ShouldBe(24);
        await ShouldBeCleanAsync(place);
    }

    // The digests of assignments follow from their group, which a dry run does not make.
    private static string Comparable(string script) => Regex.Replace(
        script, "^set -- ([0-9a-f]{64} ?)+$", match => $"set -- {match.Value.Split(' ').Length - 2} digests", RegexOptions.Multiline);

    [Fact]
    public async Task A_dry_run_shows_exactly_the_script_that_is_submitted()
    {
        await using var place = cloud.Project();
        var dry = (await place.Run("fit", "--repeat", "3", "--on", "cluster", "--dry-run")).With(0).Out;
        cloud.Cluster.Run("scontrol", "update", "PartitionName=main", "State=DOWN");
        try
        {
            var group = (await place.Run("fit", "--detach", "--json", "--repeat", "3", "--on", "cluster")).With(0).Json[0].Group();
            var job = cloud.Cluster.Run("squeue", "--noheader", "--format=%F").Trim();
            var script = cloud.Cluster.Run("scontrol", "write", "batch_script", job, "-");
            var planned = Regex.Match(dry, "--comment=tenfold:[^:]*:([a-z0-9]+)-").Groups[1].Value;
            Comparable(planned.Length > 0 ? dry.Replace(planned, group) : dry).ShouldContain(Comparable(script.Trim()));
            (await place.Run("cancel", group)).With(0);
            (await place.RunsUntilAllEnded()).ShouldAllBe(run => run.State() == "cancelled");
        }
        finally
        {
            cloud.Cluster.Run("scontrol", "update", "PartitionName=main", "State=UP");
        }
    }

    private static string? Carrier(string folder) =>
        JsonDocument.Parse(File.ReadAllBytes($"{folder}/claim")).RootElement.GetProperty("carrier").GetString();

    private async Task ShouldBeCleanAsync(Sandbox place)
    {
        await Until.True(() => cloud.Jobs().Length == 0, "no job is left");
        (await place.Run("gc", "--json")).With(0).Json.EnumerateArray().Select(item => item.Text("kind"))
            .ShouldAllBe(kind => kind == "checkpoints");
    }
}
