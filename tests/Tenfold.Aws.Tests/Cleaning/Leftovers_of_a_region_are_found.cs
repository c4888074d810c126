using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Cleaning;
using Tenfold.Aws.Double;
using Tenfold.Aws.Double.Faults;
using Tenfold.Aws.Ecr;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Tests.Batch;
using Tenfold.Aws.Tests.Double;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Tests.Cleaning;

/// <summary>What <c>tenfold gc --on aws</c> finds in a region without any target that can be used there.</summary>
public sealed class Leftovers_of_a_region_are_found : IDisposable
{
    private static readonly CancellationToken Cancel = CancellationToken.None;

    private readonly AwsDouble _aws = new(new AwsDoubleOptions { RunsProcesses = false });
    private readonly ShiftedClock _time = new();
    private readonly AmazonEC2Client _ec2;

    public Leftovers_of_a_region_are_found() => _ec2 = new AmazonEC2Client(
        "S3RVER", "S3RVER", new AmazonEC2Config { ServiceURL = _aws.Endpoint, AuthenticationRegion = _aws.Options.Region });

    public void Dispose()
    {
        _ec2.Dispose();
        _aws.Dispose();
    }

    [Theory]
    [InlineData("ROLLBACK_COMPLETE", 0, "creation failed")]
    [InlineData("CREATE_FAILED", 0, "creation failed")]
    [InlineData("ROLLBACK_FAILED", 0, "creation failed")]
    [InlineData("DELETE_FAILED", 0, "deletion failed")]
    [InlineData("REVIEW_IN_PROGRESS", 2, "never applied")]
    public async Task A_half_made_stack_is_found_and_deleted(string status, int hoursLater, string why)
    {
        AddStack("tenfold", status);
        _time.Shift = TimeSpan.FromHours(hoursLater);
        var found = (await FindAsync()).ShouldHaveSingleItem();
        (found.Name, found.Kind).ShouldBe(("stack tenfold", LeftoverKind.Resource));
        found.Why.ShouldContain(why);
        await found.RemoveAsync(Cancel);
        _aws.Stacks.StatusOf("tenfold").ShouldBeNull();
        await found.RemoveAsync(Cancel);
        (await FindAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE_COMPLETE", "tenfold")]
    [InlineData("UPDATE_ROLLBACK_FAILED", "tenfold")]
    [InlineData("CREATE_IN_PROGRESS", "tenfold")]
    [InlineData("REVIEW_IN_PROGRESS", "tenfold")]
    [InlineData("ROLLBACK_COMPLETE", "somebody-elses")]
    [InlineData("ROLLBACK_COMPLETE", null)]
    public async Task A_stack_in_use_or_of_others_stays(string status, string? tag)
    {
        AddStack(tag ?? "tenfold", status, isTagged: tag is not null);
        (await FindAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("CREATE_COMPLETE")]
    [InlineData("CREATE_IN_PROGRESS")]
    [InlineData("UPDATE_COMPLETE")]
    public async Task A_half_made_stack_that_is_whole_again_stays(string status)
    {
        AddStack("tenfold", "ROLLBACK_COMPLETE");
        var found = (await FindAsync()).ShouldHaveSingleItem();
        _aws.Stacks.SetStatus("tenfold", status);
        (await Should.ThrowAsync<TargetException>(() => found.RemoveAsync(Cancel))).Message.ShouldContain(status);
        _aws.Stacks.StatusOf("tenfold").ShouldBe(status);
    }

    [Theory]
    [InlineData("ec2", "DescribeInstances", "log group /tenfold/tenfold")]
    [InlineData("ssm", "GetParametersByPath", "log group /tenfold/tenfold", "i-")]
    [InlineData("batch", "DescribeJobDefinitions", "log group /tenfold/tenfold", "i-")]
    [InlineData("sagemaker", "ListTrainingJobs", "log group /tenfold/tenfold", "i-")]
    [InlineData("logs", "DescribeLogGroups", "i-")]
    [InlineData("cloudformation", "DescribeStacks", "i-")]
    public async Task A_service_that_refuses_hides_nothing_of_the_others(string service, string operation, params string[] names)
    {
        await LaunchAsync("ledgerxx", "abcdefgh-1-1");
        _aws.Logs.AddGroup("/tenfold/tenfold", new Dictionary<string, string> { ["tenfold:stack"] = "tenfold" });
        _aws.Faults.Add(service, operation, Fault.Denied, times: null);
        using var place = Place();
        var (found, faults) = (new List<string>(), new List<string>());
        foreach (var search in place.Searches)
        {
            try
            {
                found.AddRange((await search.FindLeftoversAsync("ledgerxx", Cancel)).Select(one => one.Name));
            }
            catch (TargetException e)
            {
                faults.Add(e.Message);
            }
        }

        found.Count.ShouldBe(names.Length);
        names.ShouldAllBe(name => found.Any(one => one.StartsWith(name, StringComparison.Ordinal)));
        faults.ShouldNotBeEmpty();
    }

    [Fact]
    public void Each_region_is_opened_once_however_the_targets_name_it()
    {
        var faults = new List<string?>();
        var places = RegionLeftovers.Open(
            [(null, "a"), (_aws.Options.Region, "b"), ("us-east-1", "a"), (null, "a"), (_aws.Options.Region, "c")],
            BatchFixture.OptionsOf(_aws), _time, (region, _) => faults.Add(region));
        places.Select(place => (place.Region, string.Join(",", place.Stacks)))
            .ShouldBe([(_aws.Options.Region, "a,b,c"), ("us-east-1", "a")], ignoreOrder: true);
        faults.ShouldBeEmpty();
        foreach (var place in places) place.Dispose();
    }

    [Fact]
    public async Task Replaced_definitions_of_jobs_are_deregistered()
    {
        using var batch = new BatchClient(BatchFixture.OptionsOf(_aws));
        foreach (var (name, command, stack) in ((string Name, string Command, string? Stack)[])
        [
            ("tenfold-0123456789abcdef", StartScript.Text, "tenfold"),
            ("tenfold-0123456789abcdef", StartScript.Text, "tenfold"),
            ("tenfold-fedcba9876543210", "an earlier script", "tenfold"),
            ("tenfold-0000000000000000", "an earlier script", "another"),
            ("tenfold-1111111111111111", "an earlier script", null),
            ("tenfold-mine", "a script of the user", "tenfold"),
        ]) await RegisterAsync(batch, name, command, stack);
        var found = await FindAsync();
        found.Select(one => one.Name).ShouldBe(
            ["job definition tenfold-0123456789abcdef:1", "job definition tenfold-fedcba9876543210:1"], ignoreOrder: true);
        foreach (var one in found) await one.RemoveAsync(Cancel);
        (await FindAsync()).ShouldBeEmpty();
        (await batch.DescribeJobDefinitionsAsync(new() { Status = "ACTIVE" }, Cancel).ToListAsync(Cancel)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task The_log_group_and_the_caches_of_a_deleted_stack_go()
    {
        using var ecr = new EcrClient(BatchFixture.OptionsOf(_aws));
        _aws.Ecr.AddRepository("tenfold-public/docker/library/python");
        _aws.Ecr.AddRepository("tenfold");
        _aws.Ecr.AddRepository("another-public/docker/library/python");
        _aws.Logs.AddGroup("/tenfold/tenfold", new Dictionary<string, string> { ["tenfold:stack"] = "tenfold" });
        _aws.Logs.AddGroup("/tenfold/tenfold-2", new Dictionary<string, string> { ["tenfold:stack"] = "tenfold-2" });
        var found = await FindAsync();
        found.Select(one => one.Name).ShouldBe(["log group /tenfold/tenfold", "repository tenfold-public/docker/library/python"]);
        foreach (var one in found) await one.RemoveAsync(Cancel);
        foreach (var one in found) await one.RemoveAsync(Cancel);
        (await ecr.DescribeRepositoriesAsync(new(), Cancel).ToListAsync(Cancel)).Select(one => one.RepositoryName)
            .ShouldBe(["tenfold", "another-public/docker/library/python"], ignoreOrder: true);
        (await FindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_group_that_has_the_name_but_not_the_tag_stays()
    {
        _aws.Logs.AddGroup("/tenfold/tenfold");
        (await FindAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Machines_of_the_ledger_are_found_without_a_stack()
    {
        var own = await LaunchAsync("ledgerxx", "abcdefgh-1-1");
        await LaunchAsync("another", "abcdefgh-2-1");
        var found = (await FindAsync()).ShouldHaveSingleItem();
        (found.Name, found.Attempt, found.Kind).ShouldBe((own, "abcdefgh-1-1", LeftoverKind.Machine));
        await found.RemoveAsync(Cancel);
        _aws.Ec2.StateOf(own).ShouldBeOneOf("shutting-down", "terminated");
    }

    private void AddStack(string name, string status, bool isTagged = true)
    {
        var tags = new Dictionary<string, string>();
        if (isTagged) tags["tenfold:stack"] = name;
        _aws.Stacks.Add(name, new Dictionary<string, string>(), tags);
        _aws.Stacks.SetStatus(name, status);
    }

    private static Task<RegisterJobDefinitionAnswer> RegisterAsync(
        BatchClient batch, string name, string command, string? stack) => batch.RegisterJobDefinitionAsync(
        new()
        {
            JobDefinitionName = name,
            Type = "container",
            ContainerProperties = new() { Image = "image", Command = ["/bin/sh", "-c", command, "tenfold"] },
            Tags = stack is null ? null : new Dictionary<string, string> { [ResourceTags.Stack] = stack },
        }, Cancel);

    private async Task<string> LaunchAsync(string ledger, string attempt)
    {
        var tags = new List<Tag>
        {
            new(ResourceTags.Ledger, ledger), new(ResourceTags.Attempt, attempt), new(ResourceTags.Stack, "tenfold"),
        };
        var answer = await _ec2.RunInstancesAsync(
            new RunInstancesRequest
            {
                ImageId = "ami-0a1b2c3d4e5f60701",
                InstanceType = InstanceType.M5Large,
                MinCount = 1,
                MaxCount = 1,
                TagSpecifications = [new TagSpecification { ResourceType = ResourceType.Instance, Tags = tags }],
            }, Cancel);
        return answer.Reservation.Instances[0].InstanceId;
    }

    private async Task<IReadOnlyList<TargetLeftover>> FindAsync()
    {
        var place = Place();
        return await place.FindLeftoversAsync("ledgerxx", Cancel);
    }

    private RegionLeftovers Place() =>
        new(["tenfold"], BatchFixture.OptionsOf(_aws), _time) { Pace = TimeSpan.FromMilliseconds(1) };
}
