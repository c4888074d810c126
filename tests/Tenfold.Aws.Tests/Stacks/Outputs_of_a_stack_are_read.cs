using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Tests.Scripted;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Stacks;

public sealed class Outputs_of_a_stack_are_read : IDisposable
{
    private const string Id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/tenfold/7f3a";

    private static readonly Dictionary<string, string> Whole = new()
    {
        ["Bucket"] = "b",
        ["Repository"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold",
        ["QueueOnDemand"] = "q",
        ["QueueSpot"] = "s",
        ["JobRole"] = "arn:job",
        ["ExecutionRole"] = "arn:execution",
        ["TrainingRole"] = "arn:training",
        ["InstanceProfile"] = "p",
        ["LogGroup"] = "/tenfold/tenfold",
        ["Subnets"] = "subnet-1,subnet-2",
        ["SecurityGroup"] = "sg-1",
        ["LaunchTemplate"] = "lt-1",
        ["PullThrough"] = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold-public",
        ["TemplateVersion"] = "1",
    };

    private readonly AwsServer _aws = new();
    private readonly FrozenClock _time = new();
    private readonly StackOutputsReader _reader;

    public Outputs_of_a_stack_are_read() => _reader = new("tenfold", _aws.Options, _time);

    public void Dispose()
    {
        _reader.Dispose();
        _aws.Dispose();
    }

    [Theory]
    [InlineData("CREATE_COMPLETE")]
    [InlineData("UPDATE_COMPLETE")]
    [InlineData("UPDATE_IN_PROGRESS")]
    [InlineData("UPDATE_ROLLBACK_COMPLETE")]
    public async Task Outputs_of_an_existing_stack_are_read(string status)
    {
        Answer(status, Whole);
        var outputs = (await _reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>().Outputs;
        outputs.Subnets.ShouldBe(["subnet-1", "subnet-2"]);
        (outputs.QueueSpot, outputs.QueueGpu, outputs.TemplateVersion).ShouldBe(("s", null, 1));
        (outputs.Account, outputs.Region, outputs.StoreUrl).ShouldBe(("123456789012", "eu-west-1", "s3://b/tenfold"));
    }

    [Theory]
    [InlineData("CREATE_IN_PROGRESS", "is not ready yet (CREATE_IN_PROGRESS): wait")]
    [InlineData("DELETE_IN_PROGRESS", "is not ready yet (DELETE_IN_PROGRESS): wait")]
    [InlineData("REVIEW_IN_PROGRESS", "can't be used (REVIEW_IN_PROGRESS): make it again (tenfold infra apply --region eu-west-1 --stack tenfold)")]
    [InlineData("ROLLBACK_COMPLETE", "can't be used (ROLLBACK_COMPLETE): make it again")]
    [InlineData("CREATE_FAILED", "can't be used (CREATE_FAILED): make it again")]
    [InlineData("DELETE_FAILED", "can't be used (DELETE_FAILED): make it again")]
    public async Task A_stack_that_is_not_there_yet_or_any_more_is_reported(string status, string words)
    {
        Answer(status, Whole);
        var found = await _reader.ReadAsync(default);
        found.ShouldBeOfType<StackLookup.Unusable>().Status.ShouldBe(status);
        found.Problem.ShouldNotBeNull().ShouldContain(words);
    }

    [Fact]
    public async Task A_stack_that_does_not_exist_is_reported_and_found_once_it_does()
    {
        _aws.On("DescribeStacks", AwsReply.Error(400, "ValidationError", "Stack with id tenfold does not exist"));
        (await _reader.ReadAsync(default)).ShouldBe(new StackLookup.Missing("tenfold", "eu-west-1"));
        Answer("CREATE_COMPLETE", Whole);
        (await _reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Ready>();
    }

    [Fact]
    public async Task A_stack_of_another_program_is_told_from_ours()
    {
        Answer("CREATE_COMPLETE", new() { ["Bucket"] = "b" });
        var found = (await _reader.ReadAsync(default)).ShouldBeOfType<StackLookup.Incomplete>();
        found.Outputs.ShouldBe(Whole.Keys.Except(["Bucket", "QueueSpot"]), ignoreOrder: true);
    }

    [Fact]
    public async Task They_are_read_again_after_a_while_and_on_demand()
    {
        Answer("CREATE_COMPLETE", Whole);
        for (var i = 0; i < 3; i++) await _reader.ReadAsync(default);
        _aws.Calls.Length.ShouldBe(1);
        _time.Pass(minutes: 11);
        await _reader.ReadAsync(default);
        _aws.Calls.Length.ShouldBe(2);
        _reader.Forget();
        await _reader.ReadAsync(default);
        _aws.Calls.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Other_faults_are_not_taken_for_a_missing_stack()
    {
        _aws.On("DescribeStacks", AwsReply.Error(403, "ExpiredToken", "The security token included in the request is expired"));
        (await Should.ThrowAsync<AwsException>(() => _reader.ReadAsync(default))).Fault.ShouldBe(AwsFault.ExpiredCredentials);
    }

    private void Answer(string status, Dictionary<string, string> outputs) => _aws.On("DescribeStacks", AwsReply.Ok(new
    {
        Stacks = new[]
        {
            new
            {
                StackName = "tenfold", StackId = Id, StackStatus = status, CreationTime = "2026-11-28T15:22:00.123Z",
                Outputs = outputs.Select(o => new { OutputKey = o.Key, OutputValue = o.Value }),
            },
        },
    }));
}
