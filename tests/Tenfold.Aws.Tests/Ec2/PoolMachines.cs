using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.Double;

namespace Tenfold.Aws.Tests.Ec2;

/// <summary>
/// Instances of the double for a pool, which are stopped at first. Each has a script that starts the real agent at every boot, and
/// switches the machine off when the agent says so, as the unit of systemd does.
/// </summary>
/// <param name="aws">The double.</param>
/// <param name="serve">The command that serves the pool.</param>
internal sealed class PoolMachines(AwsDouble aws, string serve) : IDisposable
{
    private readonly AmazonEC2Client _owner = new(
        "S3RVER", "S3RVER", new AmazonEC2Config { ServiceURL = aws.Endpoint, AuthenticationRegion = "eu-west-1" });

    /// <summary>Adds a stopped instance of four cores.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> AddAsync()
    {
        var script = $"""
            Content-Type: multipart/mixed; boundary="//b"
            MIME-Version: 1.0

            --//b
            Content-Type: text/cloud-config; charset="us-ascii"

            #cloud-config
            cloud_final_modules:
            - [scripts-user, always]

            --//b
            Content-Type: text/x-shellscript; charset="utf-8"

            #!/bin/sh
            export TENFOLD_HOME="$HOME/tenfold"
            # The cores of the instance's type, whatever the machine has that the double runs it on.
            export DOTNET_PROCESSOR_COUNT=4
            {serve}
            test $? != 9 || systemctl poweroff
            --//b--
            """;
        var launched = await _owner.RunInstancesAsync(new RunInstancesRequest
        {
            ImageId = "ami-0a1b2c3d4e5f60701",
            InstanceType = "g5.xlarge",
            MinCount = 1,
            MaxCount = 1,
        });
        var id = launched.Reservation.Instances[0].InstanceId;
        await BecomesAsync(id, "running");
        await StopAsync(id);
        await BecomesAsync(id, "stopped");
        await _owner.ModifyInstanceAttributeAsync(new ModifyInstanceAttributeRequest
        {
            InstanceId = id,
            UserData = new SecureBlobAttributeValue { Value = new MemoryStream(Encoding.UTF8.GetBytes(script)) },
        });
        return id;
    }

    /// <summary>The owner stops an instance; returns while it is still stopping.</summary>
    public Task StopAsync(string id) => _owner.StopInstancesAsync(new StopInstancesRequest { InstanceIds = [id] });

    /// <summary>The system of an instance crashes in the middle of everything, and its owner starts it again.</summary>
    public async Task CrashAsync(string id)
    {
        aws.Ec2.Hang(id);
        await StopAsync(id);
        await BecomesAsync(id, "stopped");
        await _owner.StartInstancesAsync(new StartInstancesRequest { InstanceIds = [id] });
    }

    public void Dispose() => _owner.Dispose();

    private Task BecomesAsync(string id, string state) =>
        Eventually.ShouldBeAsync(() => aws.Ec2.StateOf(id) == state, $"the machine is {state}");
}
