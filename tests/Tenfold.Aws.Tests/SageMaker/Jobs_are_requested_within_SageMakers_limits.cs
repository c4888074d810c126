using System.Text.Json;
using System.Text.Json.Nodes;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.Tests.Servers;
using Tenfold.Core.Runs;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.SageMaker;

public sealed class Jobs_are_requested_within_SageMakers_limits(S3Server server) : IClassFixture<S3Server>
{
    private static readonly SageMakerPlace Place = new()
    {
        Account = "123456789012",
        Region = "us-east-1",
        Role = "arn:aws:iam::123456789012:role/r",
        PullThrough = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tenfold-public",
    };

    [Fact]
    public async Task A_job_has_the_default_image_its_channels_parameters_metrics_and_tags()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync("true", 1, spec => spec with
        {
            Parameters = JsonDocument.Parse($$"""{"lr": 0.1, "name": "x", "long": "{{new string('y', 257)}}", "none": null}""").RootElement,
            MetricPatterns = new Dictionary<string, string>
            {
                ["loss"] = "loss=([0-9.]+)",
                ["curve"] = "(?<step>[0-9]+): ([0-9.]+)",
                ["long"] = new string('z', 501),
            },
            Resources = new ResourceSpec { Cpus = 4, MaxRuntime = TimeSpan.FromHours(2) },
        }))[0];
        (await bench.Target.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        var job = bench.Show(assignment);
        var algorithm = job["AlgorithmSpecification"]!;
        algorithm["TrainingImage"]!.GetValue<string>()
            .ShouldBe("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-training:2.5.1-cpu-py311");
        algorithm["MetricDefinitions"]!.AsArray().Select(one => one!["Name"]!.GetValue<string>()).ShouldBe(["loss"]);
        Texts(algorithm["ContainerEntrypoint"]!).ShouldAllBe(word => word.Length <= 256);
        job["HyperParameters"]!.AsObject().Select(pair => $"{pair.Key}={pair.Value}").ShouldBe(["lr=0.1", "name=x", "tenfold_seed=1001"]);
        job["InputDataConfig"]!.AsArray().Select(channel => channel!["ChannelName"]!.GetValue<string>())
            .ShouldBe(["tenfold-start", "tenfold-agent"]);
        job["Environment"]!.AsObject().ShouldAllBe(pair => pair.Value!.GetValue<string>().Length <= 512);
        job["ResourceConfig"]!["InstanceType"]!.GetValue<string>().ShouldBe("ml.m5.xlarge");
        job["StoppingCondition"]!["MaxRuntimeInSeconds"]!.GetValue<int>().ShouldBe(2 * 3600 + 15 * 60);
        job["StoppingCondition"]!["MaxWaitTimeInSeconds"].ShouldBeNull();
        job["CheckpointConfig"]!["S3Uri"]!.GetValue<string>().ShouldEndWith($"/attempts/{assignment.Run}-1/sagemaker/checkpoints");
        job["RoleArn"]!.GetValue<string>().ShouldBe("arn:aws:iam::123456789012:role/tenfold-training");
        job.ToJsonString().ShouldNotContain("sh -c true");
    }

    [Fact]
    public async Task A_job_runs_in_the_image_of_its_group()
    {
        const string image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold@sha256:" +
            "0000000000000000000000000000000000000000000000000000000000000001";
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignment = (await bench.AssignAsync(
            "true", 1, spec => spec with { Environment = new EnvironmentSpec(EnvironmentSpec.ImageKind, image) }))[0];
        (await bench.Target.StartAsync([assignment], default)).Single().ShouldBe(StartOutcome.Started);
        bench.Show(assignment)["AlgorithmSpecification"]!["TrainingImage"]!.GetValue<string>().ShouldBe(image);
    }

    [Fact]
    public async Task Spot_and_warm_machines_and_a_role_are_as_the_target_says()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var spot = await bench.AssignAsync("true", """{"spot": true, "max_wait": 2, "instance_type": "ml.m5.large", "disk": 100}""");
        var warm = await bench.AssignAsync("true", """{"keep_alive": 15}""");
        (await bench.Target.StartAsync([spot, warm], default)).ShouldAllBe(outcome => outcome == StartOutcome.Started);
        var job = bench.Show(spot);
        job["EnableManagedSpotTraining"]!.GetValue<bool>().ShouldBeTrue();
        job["ResourceConfig"]!["VolumeSizeInGB"]!.GetValue<int>().ShouldBe(100);
        var limits = job["StoppingCondition"]!;
        (limits["MaxWaitTimeInSeconds"]!.GetValue<int>() - limits["MaxRuntimeInSeconds"]!.GetValue<int>()).ShouldBe(2 * 3600);
        bench.Show(warm)["ResourceConfig"]!["KeepAlivePeriodInSeconds"]!.GetValue<int>().ShouldBe(15 * 60);
        SageMakerPlace.RoleArn("ml", "123456789012", "cn-north-1").ShouldBe("arn:aws-cn:iam::123456789012:role/ml");
    }

    [Fact]
    public async Task The_key_of_stored_environments_is_in_the_request_and_not_in_the_store()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var key = new string('a', 64);
        var assignment = await bench.AssignAsync("true", "{}");
        var plan = TrainingPlan.For(new ResourceSpec(), new SageMakerOptions(), Place, out _)!;
        var agent = (await bench.Agent.UploadAsync(bench.Store, default)).Match(value => value, _ => throw new InvalidOperationException());
        var start = TrainingSubmitter.StartOf(
            assignment, plan, Place, bench.Store.Url, agent, new string('0', 64), bench.Session with { EnvironmentKey = new(key) });
        start.Environment.Values.ShouldContain(key);
        start.Script.ShouldNotContain(key);
    }

    [Theory]
    [InlineData("""{"instance_type": "m5.large"}""", "ml.m5.large")]
    [InlineData("""{"role": "not a role!"}""", "`role`")]
    [InlineData("""{"usd_per_hour": "much"}""", "`usd_per_hour`")]
    [InlineData("""{"spot": true, "keep_alive": 5}""", "`keep_alive`")]
    public void Wrong_options_are_refused(string options, string word) =>
        SageMakerOptions.FaultsOf(TargetSettings.From(SageMakerBench.With(options))).ShouldHaveSingleItem().ShouldContain(word);

    [Theory]
    [InlineData("python:3.12", "private repositories of ECR")]
    [InlineData("docker.io/x/y:1", "private repositories of ECR")]
    [InlineData("public.ecr.aws/docker/library/python:3.12-slim", null)]
    [InlineData("123456789012.dkr.ecr.eu-west-1.amazonaws.com/a/b@sha256:0123", null)]
    public void An_image_that_SageMaker_cannot_pull_is_refused(string image, string? word)
    {
        var plan = TrainingPlan.For(new ResourceSpec(), new SageMakerOptions { Image = image }, Place, out var fault);
        (plan is null).ShouldBe(word is not null);
        if (word is not null) fault!.ShouldContain(word);
        else if (image.StartsWith("public", StringComparison.Ordinal)) plan!.Image.ShouldStartWith($"{Place.PullThrough}/docker/library/");
    }

    [Theory]
    [InlineData(1, 0, null, "ml.m5.large")]
    [InlineData(4, 1, null, "ml.g4dn.xlarge")]
    [InlineData(500, 0, null, null)]
    [InlineData(1, 0, "ml.c7g.large", null)]
    [InlineData(8, 0, "ml.m5.large", null)]
    public void The_machine_suits_the_run(double cpus, int gpus, string? named, string? chosen)
    {
        var plan = TrainingPlan.For(
            new ResourceSpec { Cpus = cpus, Gpus = gpus }, new SageMakerOptions { InstanceType = named }, Place, out var fault);
        plan?.InstanceType.ShouldBe(chosen);
        (plan is null).ShouldBe(fault is not null);
        (plan?.Image.Contains("-gpu-")).ShouldBe(plan is null ? null : gpus > 0);
    }

    [Theory]
    [InlineData(1.0, false, 1.25)]
    [InlineData(1.0, true, 5)]
    [InlineData(100.0, true, 120)]
    [InlineData(200.0, true, 200.25)]
    [InlineData(null, false, 120)]
    public void The_time_limit_has_room_for_what_the_agent_does_and_for_interruptions(double? hours, bool isSpot, double limit) =>
        TrainingPlan.For(
            new ResourceSpec { MaxRuntime = hours is { } known ? TimeSpan.FromHours(known) : null, Spot = isSpot }, new SageMakerOptions(),
            Place, out _)!.MaxRuntime.TotalHours.ShouldBe(limit);

    [Fact]
    public async Task Prices_are_those_of_the_user_or_of_the_table_and_otherwise_unknown()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        await File.WriteAllTextAsync(bench.Folder["prices.json"], """{"eu-west-1": {"ml.m5.xlarge": 0.2}}""");
        (await PriceAsync("""{"instance_type": "ml.m5.xlarge"}""")).ShouldBe(0.2m);
        (await PriceAsync("""{"instance_type": "ml.m5.large"}""")).ShouldBeNull("the table has no prices of eu-west-1");
        (await PriceAsync("""{"instance_type": "ml.m5.large", "usd_per_hour": "0.1"}""")).ShouldBe(0.1m);
        var prices = new TrainingPrices(new Prices.UserPrices(bench.Folder["none.json"]));
        Usd(prices.Find(new ResourceSpec(), new SageMakerOptions(), Place)).ShouldBe(0.115m);
        Usd(prices.Find(new ResourceSpec { Spot = true }, new SageMakerOptions(), Place)).ShouldBeNull("nobody publishes them");

        async Task<decimal?> PriceAsync(string options) =>
            Usd(await bench.Target.FindPriceAsync(new ResourceSpec(), SageMakerBench.With(options), default));

        static decimal? Usd(Core.Outcomes.Outcome<HourlyPrice> outcome) =>
            outcome.Match(price => price.Usd, refusal => throw new InvalidOperationException(refusal.Message));
    }

    [Fact]
    public async Task A_run_that_can_never_start_is_refused_before_anything_is_recorded()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var refusal = await bench.Target.RefuseAsync(
            new ResourceSpec { MaxRuntime = TimeSpan.FromDays(30) }, [], SageMakerBench.With("{}"), default);
        refusal!.Message.ShouldContain("28 days");
        var kind = new SageMakerKind(
            bench.Agent, bench.Session, _ => null, bench.Folder["prices.json"], TimeProvider.System,
            Double.BatchFixture.OptionsOf(bench.Aws));
        var settings = TargetSettings.From(SageMakerBench.With("{}"));
        var folder = await kind.PlanAsync(settings, new FolderStore(bench.Folder["store"]), default);
        folder.Match(_ => "", refused => refused.Message).ShouldContain("s3://BUCKET/PREFIX");
        var spec = (await kind.PlanAsync(settings, bench.Store, default)).Match(value => value, _ => throw new InvalidOperationException());
        spec.Place.ShouldBe("123456789012/eu-west-1/training");
        (await kind.OpenAsync(spec, bench.Store, default)).ShouldNotBeNull();
        (await kind.OpenAsync(spec with { Place = "999999999999/eu-west-1/training" }, bench.Store, default)).ShouldBeNull();
        (await kind.FindStoreAsync(settings, default)).Match(url => url, _ => "").ShouldBe($"s3://{S3Server.Bucket}/tenfold");
        bench.Aws.SageMaker.Names.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_description_shows_the_request_and_the_script_and_writes_nothing()
    {
        await using var bench = new SageMakerBench(server, SageMakerBench.Imagined);
        var assignments = await bench.AssignAsync("true", 2, spec => spec with
        {
            Target = SageMakerBench.With("""{"usd_per_hour": "0.25", "setup": "echo it's set up"}"""),
        });
        var text = (await bench.Target.DescribeAsync(assignments, default)).Match(value => value, refusal => refusal.Message);
        text.ShouldContain("# 2 × ml.m5.large in eu-west-1; 0.25 USD an hour each");
        text.ShouldContain("CreateTrainingJob {");
        text.ShouldContain(@"export TENFOLD_SETUP='echo it'\''s set up'");
        bench.Aws.SageMaker.Names.ShouldBeEmpty();
        (await bench.Store.ListAsync("attempts", default).CountAsync()).ShouldBe(0);
    }

    private static IReadOnlyList<string> Texts(JsonNode array) => [.. array.AsArray().Select(word => word!.GetValue<string>())];
}
