using Tenfold.Core.Attempts;
using Tenfold.Core.Outcomes;
using Tenfold.Core.Reasons;
using Tenfold.Core.Runs;
using Tenfold.Core.Targets;

namespace Tenfold.Targets.Tests.Slurm.Submit;

public sealed class Slurm_refuses_a_submission(ClusterFixture fixture) : IClassFixture<ClusterFixture>, IAsyncLifetime
{
    private readonly SlurmBench _commands = new(fixture.Cluster);
    private readonly SlurmBench _rest = new(fixture.Cluster, byRest: true);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _commands.DisposeAsync();
        await _rest.DisposeAsync();
    }

    [Theory]
    [InlineData("""{"partition":"gpu2"}""", "the partition 'gpu2' does not exist; change `partition`, see `sinfo -s`")]
    [InlineData("""{"constraint":"a100"}""", "no node has the features 'a100'; change `constraint`")]
    public async Task A_wrong_option_is_refused_with_a_next_step(string options, string words)
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var assignments = await bench.AssignAsync("true", 3, spec => spec with { Target = SlurmBench.Spec(options) });
            var outcomes = await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken);
            outcomes.ShouldAllBe(outcome => outcome.Kind == StartKind.Invalid);
            outcomes.ShouldAllBe(outcome => outcome.Reason.Words()!.StartsWith(words, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("""{"arguments":["--nonsense"]}""", "sbatch does not know one of the `arguments` (Slurm: unrecognized option '--nonsense')")]
    [InlineData("""{"arguments":["--reservation=x"]}""", "the reservation named in `arguments` does not exist; see `scontrol show reservation`")]
    [InlineData("""{"arguments":["--nodelist=d9"]}""", "a node named in `arguments` does not exist; see `sinfo -N`")]
    [InlineData("""{"arguments":["--licenses=matlab"]}""", "the licences named in `arguments` do not exist; see `scontrol show lic`")]
    public async Task A_wrong_argument_is_refused(string options, string words)
    {
        var assignments = await _commands.AssignAsync("true", 1, spec => spec with { Target = SlurmBench.Spec(options) });
        var outcome = (await _commands.Target.StartAsync(assignments, TestContext.Current.CancellationToken))[0];
        outcome.Kind.ShouldBe(StartKind.Invalid);
        outcome.Reason.Words().ShouldNotBeNull().ShouldStartWith(words);
    }

    [Fact]
    public async Task More_than_any_node_has_is_refused()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            (await RefusalAsync(bench, new ResourceSpec { Gpus = 2 })).ShouldContain("GPUs");
            (await RefusalAsync(bench, new ResourceSpec { MemoryBytes = 1L << 45 })).ShouldContain("memory");
        }
    }

    [Fact]
    public async Task A_run_with_more_cores_than_any_node_waits_and_its_reason_says_what_to_change()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var assignments = await bench.AssignAsync("true", 1, spec => spec with { Resources = new ResourceSpec { Cpus = 999 } });
            (await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken))[0].ShouldBe(StartOutcome.Started);
            await Eventually.ShouldBeAsync(
                () => bench.Observe(assignments[0]).Reason.Words()?.Contains(
                    "lower `resources` or choose another `partition`", StringComparison.Ordinal) == true, "the reason says what to change");
        }
    }

    [Fact]
    public async Task More_time_than_any_candidate_partition_allows_is_refused()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var assignments = await bench.AssignAsync("true", 2, spec => spec with
            {
                Target = SlurmBench.Spec("""{"partition":"small"}"""),
                Resources = spec.Resources with { MaxRuntime = TimeSpan.FromMinutes(90) },
            });
            const string words =
                "`max_runtime` is 90 min, but 'small' allows at most 10 min, so the run could never start; "
                + "shorten `max_runtime`, or choose another `partition`";
            (await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken))
                .ShouldAllBe(outcome => outcome.Kind == StartKind.Invalid && outcome.Reason.Words()!.StartsWith(words));
            var refusal = (await bench.Target.DescribeAsync(assignments, TestContext.Current.CancellationToken)).Refusal();
            (refusal.Kind, refusal.Message.Contains(words)).ShouldBe((RefusalKind.BadInput, true));
        }
    }

    [Theory]
    [InlineData("""{"partition":"small,main"}""")]
    [InlineData("""{"partition":"small","qos":"long"}""")]
    [InlineData("""{"partition":"small","arguments":["--time=5"]}""")]
    public async Task A_long_run_is_accepted_if_another_partition_or_option_may_allow_it(string options)
    {
        var assignments = await _commands.AssignAsync("true", 1, spec => spec with
        {
            Target = SlurmBench.Spec(options),
            Resources = spec.Resources with { MaxRuntime = TimeSpan.FromMinutes(90) },
        });
        (await _commands.Target.DescribeAsync(assignments, TestContext.Current.CancellationToken)).Value().ShouldContain("sbatch");
    }

    [Fact]
    public async Task A_job_with_a_longer_time_limit_than_its_partition_waits_and_says_why()
    {
        var assignments = await _commands.AssignAsync(
            "true", 1, spec => spec with { Target = SlurmBench.Spec("""{"partition":"small","arguments":["--time=120"]}""") });
        (await _commands.Target.StartAsync(assignments, TestContext.Current.CancellationToken))[0].ShouldBe(StartOutcome.Started);
        await Eventually.ShouldBeAsync(
            () => _commands.Observe(assignments[0]).Reason.Words()?.Contains(
                "(Slurm: PartitionTimeLimit)", StringComparison.Ordinal) == true, "the reason names the limit");
        _commands.Observe(assignments[0]).Reason.Words().ShouldNotBeNull()
            .ShouldContain("shorten `max_runtime` or choose another `partition`");
    }

    [Fact]
    public async Task The_time_limit_is_capped_at_the_partitions_limit()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            var assignments = await bench.AssignAsync("true", 1, spec => spec with
            {
                Target = SlurmBench.Spec("""{"partition":"small"}"""),
                Resources = spec.Resources with { MaxRuntime = TimeSpan.FromMinutes(8) },
            });
            await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken);
            await Eventually.ShouldBeAsync(() => bench.Observe(assignments[0]).Kind == BackendKind.Gone, "it has run");
            (await new AttemptReports(bench.Store).ReadAsync(assignments[0].Attempt, CancellationToken.None))?.State.ShouldBe(
                AttemptState.Succeeded);
        }
    }

    [Fact]
    public async Task No_more_jobs_wait_than_max_queued_allows()
    {
        foreach (var bench in new[] { _commands, _rest })
        {
            bench.Hold(true);
            var assignments = await bench.AssignAsync("true", 10, spec => spec with { Target = SlurmBench.Spec("""{"max_queued":4}""") });
            for (var round = 0; round < 2; round++)
            {
                var outcomes = await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken);
                outcomes.Count(outcome => outcome.Kind == StartKind.Started).ShouldBe(4);
                outcomes.Skip(4)
                    .ShouldAllBe(outcome => outcome.Kind == StartKind.NoCapacity && outcome.Reason.Words()!.Contains("max_queued"));
            }

            bench.Cluster.Run("scancel", "--user=root");
            bench.Hold(false);
        }
    }

    [Fact]
    public async Task A_run_waits_for_a_missing_secret()
    {
        var assignments = await _commands.AssignAsync("true", 1, spec => spec with { Secrets = ["TENFOLD_TEST_NO_SUCH_SECRET"] });
        var outcome = (await _commands.Target.StartAsync(assignments, TestContext.Current.CancellationToken))[0];
        outcome.Kind.ShouldBe(StartKind.NoCapacity);
        outcome.Reason.Words().ShouldNotBeNull().ShouldContain("TENFOLD_TEST_NO_SUCH_SECRET");
    }

    private static async Task<string> RefusalAsync(SlurmBench bench, ResourceSpec resources)
    {
        var assignments = await bench.AssignAsync("true", 1, spec => spec with { Resources = resources });
        var outcome = (await bench.Target.StartAsync(assignments, TestContext.Current.CancellationToken))[0];
        outcome.Kind.ShouldBe(StartKind.Invalid);
        return outcome.Reason.Words().ShouldNotBeNull();
    }
}
