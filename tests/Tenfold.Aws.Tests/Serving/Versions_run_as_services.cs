using Amazon.Runtime;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Serving;

/// <summary>Services of versions, over the double of AWS, whose tasks are only imagined.</summary>
public sealed class Versions_run_as_services : IDisposable
{
    private static readonly ServingOutputs Place = new()
    {
        ServingVersion = 1,
        Url = "http://internal-1",
        Cluster = "tenfold-serving",
        Store = "s3://bucket/tenfold",
        ServingSubnets = ["subnet-1", "subnet-2"],
        VersionGroup = "sg-1",
        VersionRole = "arn:aws:iam::123456789012:role/version",
        VersionExecutionRole = "arn:aws:iam::123456789012:role/execution",
        ServingLogGroup = "/tenfold/tenfold-serving",
        Image = "python:3.12-slim",
        DatabaseHost = "db",
    };

    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly VersionServices _services;

    public Versions_run_as_services()
    {
        _aws.Ecs.AddCluster(Place.Cluster);
        _services = new VersionServices(Place, "tenfold-serving", Options, TimeProvider.System) { Pace = TimeSpan.FromMilliseconds(5) };
    }

    private AwsOptions Options => new()
    {
        Endpoint = _aws.Endpoint,
        Region = _aws.Options.Region,
        Credentials = new BasicAWSCredentials(_aws.Options.AccessKey, _aws.Options.Secret),
        Pause = TimeSpan.FromMilliseconds(5),
    };

    public void Dispose()
    {
        _services.Dispose();
        _aws.Dispose();
    }

    [Fact]
    public async Task A_version_is_created_becomes_healthy_stops_starts_and_is_removed()
    {
        var name = await _services.CreateAsync(Request(), default);
        (await _services.WaitUntilHealthyAsync(name, 2, TimeSpan.FromMinutes(1), default)).ShouldBeNull();
        _aws.Scaling.Targets.ShouldHaveSingleItem().Value.ShouldBe((2, 4));
        _aws.Scaling.Policies.Count.ShouldBe(2);
        var service = (await _services.ListAsync(default)).ShouldHaveSingleItem();
        (service.Name, service.Model, service.Version, service.Desired).ShouldBe((name, "iris", "1.1.0", 2));
        using var tasks = new VersionTasks(Place.Cluster, Options);
        var ready = (await tasks.ListAsync(name, default)).Where(task => task.IsReady).Select(task => task.Address!.ToString()).ToList();
        ready.Distinct().Count().ShouldBe(2, "each task has an address of its own");
        ready.ShouldAllBe(address => address.EndsWith(":8080/", StringComparison.Ordinal));

        (await _services.ScaleAsync(name, 0, 0, default)).ShouldBeTrue();
        (await tasks.ListAsync(name, default)).ShouldBeEmpty();
        _aws.Scaling.Targets.ShouldHaveSingleItem().Value.ShouldBe((0, 0), "a stopped version is not scaled up again");
        (await _services.ScaleAsync(name, 2, 4, default)).ShouldBeTrue();
        (await tasks.ListAsync(name, default)).Count.ShouldBe(2);

        (await _services.RemoveAsync(name, default)).ShouldBeTrue();
        NothingIsLeft();
        (await _services.RemoveAsync(name, default)).ShouldBeFalse("nothing is left to remove");
        (await _services.ScaleAsync(name, 1, 1, default)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_protected_task_is_not_chosen_when_its_service_shrinks()
    {
        var name = await _services.CreateAsync(Request() with { Tasks = 3 }, default);
        using var tasks = new VersionTasks(Place.Cluster, Options);
        var all = await tasks.ListAsync(name, default);
        // Without protection, the newest tasks end.
        var busy = all[^1];
        await tasks.ProtectAsync([busy.Arn, "arn:aws:ecs:eu-west-1:123456789012:task/tenfold-serving/ended"], 2, default);
        await _services.ScaleAsync(name, 1, 4, default);
        (await tasks.ListAsync(name, default)).ShouldHaveSingleItem().ShouldBe(busy);
        var call = _aws.Calls.All.Single(one => one.Operation == "UpdateTaskProtection").Input;
        ((bool)call["protectionEnabled"]!, (int)call["expiresInMinutes"]!).ShouldBe((true, 2));
        await _services.RemoveAsync(name, default);
        NothingIsLeft();
    }

    [Fact]
    public async Task Many_tasks_are_protected_in_several_calls()
    {
        var name = await _services.CreateAsync(Request() with { Tasks = 23, MaxTasks = 23 }, default);
        using var tasks = new VersionTasks(Place.Cluster, Options);
        await tasks.ProtectAsync((await tasks.ListAsync(name, default)).Select(task => task.Arn), 2, default);
        _aws.Calls.Count("ecs", "UpdateTaskProtection").ShouldBe(3);
        await _services.ScaleAsync(name, 1, 4, default);
        (await tasks.ListAsync(name, default)).Count.ShouldBe(23);
    }

    [Theory]
    [InlineData("RegisterTaskDefinition")]
    [InlineData("CreateService")]
    [InlineData("RegisterScalableTarget")]
    [InlineData("PutScalingPolicy")]
    public async Task A_creation_that_a_permission_stops_is_removed_and_can_be_repeated(string operation)
    {
        var service = operation.Contains("Scal", StringComparison.Ordinal) ? "application-autoscaling" : "ecs";
        _aws.Faults.Add(service, operation, Fault.Denied);
        (await Should.ThrowAsync<AwsException>(() => _services.CreateAsync(Request(), default))).Fault.ShouldBe(AwsFault.Denied);
        await _services.RemoveAsync(Name, default);
        NothingIsLeft();
        (await _services.WaitUntilHealthyAsync(await _services.CreateAsync(Request(), default), 2, TimeSpan.FromMinutes(1), default))
            .ShouldBeNull();
    }

    [Theory]
    [InlineData("ecs", "CreateService")]
    [InlineData("ecs", "DescribeServices")]
    [InlineData("ecs", "RegisterTaskDefinition")]
    [InlineData("application-autoscaling", "RegisterScalableTarget")]
    public async Task Throttled_calls_are_repeated(string service, string operation)
    {
        _aws.Faults.Add(service, operation, Fault.Throttled, times: 2);
        (await _services.WaitUntilHealthyAsync(await _services.CreateAsync(Request(), default), 2, TimeSpan.FromMinutes(1), default))
            .ShouldBeNull();
    }

    [Fact]
    public async Task A_lost_answer_creates_no_second_service()
    {
        _aws.Faults.Add("ecs", "CreateService", Fault.LostAnswer);
        var name = await _services.CreateAsync(Request(), default);
        (await _services.WaitUntilHealthyAsync(name, 2, TimeSpan.FromMinutes(1), default)).ShouldBeNull();
        _aws.Ecs.Services.ShouldBe([name]);
        _aws.Ecs.RunningTasksOf(name).ShouldBe(2);
    }

    [Fact]
    public async Task A_lost_answer_of_the_definition_leaves_one_that_is_removed()
    {
        _aws.Faults.Add("ecs", "RegisterTaskDefinition", Fault.LostAnswer);
        (await Should.ThrowAsync<AwsException>(() => _services.CreateAsync(Request(), default))).MayHaveTakenEffect.ShouldBeTrue();
        _aws.Ecs.Definitions.Count.ShouldBe(1);
        (await _services.RemoveAsync(Name, default)).ShouldBeTrue();
        NothingIsLeft();
    }

    [Fact]
    public async Task Tasks_that_fail_are_explained()
    {
        _aws.Ecs.FailTasks("CannotPullContainerError: pull image manifest has been retried 5 time(s)");
        var name = await _services.CreateAsync(Request(), default);
        (await _services.WaitUntilHealthyAsync(name, 2, TimeSpan.FromMinutes(1), default)).ShouldNotBeNull()
            .ShouldContain("CannotPullContainerError");
        await _services.RemoveAsync(name, default);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_service_that_another_process_deletes_is_reported()
    {
        _aws.Ecs.HoldHealth(true);
        var name = await _services.CreateAsync(Request(), default);
        var waiting = _services.WaitUntilHealthyAsync(name, 2, TimeSpan.FromMinutes(1), default);
        waiting.IsCompleted.ShouldBeFalse();
        await _services.RemoveAsync(name, default);
        (await waiting).ShouldNotBeNull().ShouldContain("deleted");
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(8, 30)]
    [InlineData(600, 300)]
    public async Task A_service_that_loads_slowly_is_not_ended_before_its_time(int minutes, int interval)
    {
        await _services.CreateAsync(Request() with { StartTimeout = TimeSpan.FromMinutes(minutes) }, default);
        var registered = _aws.Calls.All.Single(call => call.Operation == "RegisterTaskDefinition").Input;
        var check = registered["containerDefinitions"]![0]!["healthCheck"]!;
        ((int)check["interval"]!, (int)check["startPeriod"]!).ShouldBe((interval, 300));
        var patience = 300 + (interval * (int)check["retries"]!);
        patience.ShouldBeGreaterThanOrEqualTo(Math.Min(minutes * 60, 3300));
    }

    [Theory]
    [InlineData("1.1.0", "1-1-0")]
    [InlineData("1.1.0", "1.1_0")]
    public void Names_that_differ_stay_different(string one, string other) =>
        VersionServiceRequest.NameOf("iris", one).ShouldNotBe(VersionServiceRequest.NameOf("iris", other));

    [Fact]
    public void A_long_name_fits()
    {
        var name = VersionServiceRequest.NameOf(new string('m', 64), new string('v', 64));
        name.Length.ShouldBeLessThanOrEqualTo(64);
        name.ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || c == '-');
    }

    private static string Name => VersionServiceRequest.NameOf("iris", "1.1.0");

    private void NothingIsLeft()
    {
        _aws.Ecs.Services.ShouldBeEmpty();
        _aws.Ecs.Definitions.ShouldBeEmpty();
        _aws.Scaling.Targets.ShouldBeEmpty();
        _aws.Scaling.Policies.ShouldBeEmpty();
    }

    private static VersionServiceRequest Request() => new()
    {
        Model = "iris",
        Version = "1.1.0",
        Program = new("serving/programs/1/a.tar.gz", new string('a', 64)),
        RecordKey = "serving/versions/iris/1.1.0/b.json",
        RecordSha256 = new string('b', 64),
        Size = TaskSize.Fit(null, null)!,
        Tasks = 2,
        MaxTasks = 4,
        StartTimeout = TimeSpan.FromMinutes(1),
        Session = new Dictionary<string, string>(),
    };
}
