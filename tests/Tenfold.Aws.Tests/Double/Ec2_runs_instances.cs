using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Double;

public sealed class Ec2_runs_instances : IDisposable
{
    private const string Image = "ami-0a1b2c3d4e5f60701";
    private readonly AwsDouble _aws = new(new AwsDoubleOptions { Grace = TimeSpan.FromMilliseconds(300) });
    private readonly AmazonEC2Client _client;

    public Ec2_runs_instances() => _client = ClientOf(_aws);

    public void Dispose()
    {
        _client.Dispose();
        _aws.Dispose();
    }

    private static AmazonEC2Client ClientOf(AwsDouble aws) => new(
        "S3RVER", "S3RVER", new AmazonEC2Config { ServiceURL = aws.Endpoint, AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });

    private static RunInstancesRequest Launch(string script, string? token = null, string? subnet = null) => new()
    {
        ImageId = Image,
        InstanceType = "t3.micro",
        MinCount = 1,
        MaxCount = 1,
        UserData = Convert.ToBase64String(Encoding.UTF8.GetBytes("#!/bin/bash\n" + script)),
        ClientToken = token,
        SubnetId = subnet,
        IamInstanceProfile = new IamInstanceProfileSpecification { Name = "machine" },
        InstanceInitiatedShutdownBehavior = "terminate",
        TagSpecifications = [new TagSpecification { ResourceType = "instance", Tags = [new("a", "b")] }],
    };

    private async Task<string> LaunchAsync(RunInstancesRequest request) =>
        (await _client.RunInstancesAsync(request)).Reservation.Instances.Single().InstanceId;

    private Task UntilAsync(string id, string state) => Eventually.ShouldBeAsync(() => _aws.Ec2.StateOf(id) == state, $"{id} is {state}");

    [Fact]
    public async Task An_instance_runs_its_user_data_and_ends_itself()
    {
        var id = await LaunchAsync(Launch("""
            token=$(curl -s -X PUT $AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
            get() { curl -s -H "X-aws-ec2-metadata-token: $token" "$AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/meta-data/$1"; }
            echo "id $(get instance-id) role $(get iam/security-credentials/)"
            curl -s -o /dev/null -w 'without token %{http_code}\n' $AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/meta-data/instance-id
            shutdown -h now
            """));
        await UntilAsync(id, "terminated");
        _aws.Ec2.ConsoleOf(id).ShouldContain($"id {id} role machine");
        _aws.Ec2.ConsoleOf(id).ShouldContain("without token 401");
        var shown = (await _client.DescribeInstancesAsync(
            new DescribeInstancesRequest { InstanceIds = [id] })).Reservations[0].Instances[0];
        (shown.StateReason.Code, shown.Tags[0].Value).ShouldBe(("Client.InstanceInitiatedShutdown", "b"));
        _aws.Ec2.VolumeIds.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_tools_of_an_instance_have_the_keys_of_its_role()
    {
        var id = await LaunchAsync(Launch(
            "aws sts get-caller-identity --region eu-west-1 --endpoint-url $AWS_ENDPOINT_URL; shutdown -h now"));
        await UntilAsync(id, "terminated");
        _aws.Ec2.ConsoleOf(id).ShouldContain($":assumed-role/machine/{id}");
    }

    [Fact]
    public async Task A_timer_of_systemd_ends_an_instance()
    {
        var id = await LaunchAsync(Launch("systemd-run --quiet --unit=t --on-active=0s shutdown -h now; sleep 1000"));
        await UntilAsync(id, "terminated");
    }

    [Fact]
    public async Task A_token_finds_its_machine_but_counts_in_one_zone_only()
    {
        var first = await LaunchAsync(Launch("", "t", "subnet-0a1b2c3d4e5f60718"));
        (await LaunchAsync(Launch("", "t", "subnet-0a1b2c3d4e5f60718"))).ShouldBe(first);
        (await LaunchAsync(Launch("", "t", "subnet-0a1b2c3d4e5f60719"))).ShouldNotBe(first);
        (await Should.ThrowAsync<AmazonEC2Exception>(() => LaunchAsync(Launch("other", "t", "subnet-0a1b2c3d4e5f60718"))))
            .ErrorCode.ShouldBe("IdempotentParameterMismatch");
        await UntilAsync(first, "running");
        await _client.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [first] });
        (await Should.ThrowAsync<AmazonEC2Exception>(() => LaunchAsync(Launch("", "t", "subnet-0a1b2c3d4e5f60718"))))
            .ErrorCode.ShouldBe("IdempotentInstanceTerminated");
    }

    [Fact]
    public async Task A_new_instance_is_not_found_at_first_and_ending_it_then_ends_nothing()
    {
        using var aws = new AwsDouble(new AwsDoubleOptions { HiddenCalls = 2, RunsProcesses = false });
        using var client = ClientOf(aws);
        var id = (await client.RunInstancesAsync(Launch(""))).Reservation.Instances[0].InstanceId;
        (await Should.ThrowAsync<AmazonEC2Exception>(() =>
            client.TerminateInstancesAsync(new TerminateInstancesRequest { InstanceIds = [id] })))
            .ErrorCode.ShouldBe("InvalidInstanceID.NotFound");
        ((await client.DescribeInstancesAsync(new DescribeInstancesRequest())).Reservations ?? []).ShouldBeEmpty();
        (await client.DescribeInstancesAsync(new DescribeInstancesRequest())).Reservations.Count.ShouldBe(1);
        aws.Ec2.StateOf(id).ShouldNotBe("terminated");
    }

    [Fact]
    public async Task A_stopped_instance_keeps_its_disk_and_runs_plain_user_data_once()
    {
        var request = Launch("echo boot; echo kept > $HOME/file; shutdown -h now");
        request.InstanceInitiatedShutdownBehavior = "stop";
        var id = await LaunchAsync(request);
        await UntilAsync(id, "stopped");
        await _client.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [id] });
        await UntilAsync(id, "running");
        await _client.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [id] });
        await _client.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [id] });
        await UntilAsync(id, "stopped");
        _aws.Ec2.ConsoleOf(id).Split('\n').Count(line => line == "boot").ShouldBe(1);
        var script = "Content-Type: multipart/mixed; boundary=\"//x\"\n\n--//x\nContent-Type: text/cloud-config\n\n#cloud-config\n" +
            "cloud_final_modules:\n- [scripts-user, always]\n\n--//x\nContent-Type: text/x-shellscript\n\n" +
            "#!/bin/sh\ncat $HOME/file; shutdown -h now\n--//x--\n";
        await _client.ModifyInstanceAttributeAsync(new ModifyInstanceAttributeRequest
        {
            InstanceId = id,
            UserData = new SecureBlobAttributeValue { Value = new MemoryStream(Encoding.UTF8.GetBytes(script)) },
        });
        await _client.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [id] });
        await Eventually.ShouldBeAsync(() =>
            _aws.Ec2.ConsoleOf(id).Contains("kept") && _aws.Ec2.StateOf(id) == "stopped", "the script has run");
    }

    [Fact]
    public async Task A_spot_instance_sees_its_notice_before_it_ends()
    {
        var request = Launch("""
            ask() { curl -sf -H "X-aws-ec2-metadata-token: $(curl -s -X PUT $AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/api/token -H \
                'X-aws-ec2-metadata-token-ttl-seconds: 60')" $AWS_EC2_METADATA_SERVICE_ENDPOINT/latest/meta-data/spot/instance-action; }
            until ask; do sleep 0.05; done
            trap 'echo told; exit' TERM
            echo noticed
            while :; do sleep 0.05; done
            """);
        request.InstanceMarketOptions = new InstanceMarketOptionsRequest { MarketType = "spot" };
        var id = await LaunchAsync(request);
        await UntilAsync(id, "running");
        _aws.Ec2.AnnounceInterruption(id);
        await Eventually.ShouldBeAsync(() => _aws.Ec2.ConsoleOf(id).Contains("noticed"), "the notice is seen");
        _aws.Ec2.ConsoleOf(id).ShouldContain("\"action\":\"terminate\"");
        _aws.Ec2.ReclaimSpot(id);
        await UntilAsync(id, "terminated");
        _aws.Ec2.Show(id)["StateReason"]!["Code"]!.ToString().ShouldBe("Server.SpotInstanceTermination");
        _aws.Ec2.ConsoleOf(id).ShouldContain("told");
    }

    [Theory]
    [InlineData("InsufficientInstanceCapacity")]
    [InlineData("VcpuLimitExceeded")]
    public async Task Launches_are_refused_in_a_zone(string code)
    {
        _aws.Ec2.Refuse(code, zone: "eu-west-1a");
        (await Should.ThrowAsync<AmazonEC2Exception>(() => LaunchAsync(Launch("", null, "subnet-0a1b2c3d4e5f60718")))).ErrorCode.ShouldBe(
            code);
        (await LaunchAsync(Launch("", null, "subnet-0a1b2c3d4e5f60719"))).ShouldStartWith("i-");
    }
}
