using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;
using Tenfold.Core.Attempts;
using Tenfold.Core.Store;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Launches the machine of an attempt, in the first zone that has one. At most one machine is ever launched for an attempt.
/// </summary>
/// <param name="ec2">EC2.</param>
/// <param name="images">Finds images.</param>
/// <param name="store">The store.</param>
internal sealed class MachineLauncher(IEc2 ec2, MachineImages images, IStore store)
{
    /// <summary>Launches the machine of an attempt.</summary>
    /// <param name="launch">What to launch.</param>
    /// <param name="isNew">False when an earlier call may have tried to launch it.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Started, also when an earlier call launched the machine; or a refusal.</returns>
    public async Task<StartOutcome> LaunchAsync(MachineLaunch launch, bool isNew, CancellationToken cancellationToken)
    {
        var attempt = launch.Assignment.Attempt;
        try
        {
            var image = await images.FindAsync(launch.Options.Image, launch.Plan.HasGpus, cancellationToken);
            var key = AttemptKeys.Placement(attempt);
            var last = isNew ? null : await store.ReadAsync(key, cancellationToken);
            var order = ClientTokens.Order(attempt, launch.Stack.Subnets, last is null ? null : Encoding.UTF8.GetString(last));
            StartOutcome? refusal = null;
            for (var i = 0; i < order.Count; i++)
            {
                // Only a zone that has certainly refused is left behind. A later process must not begin with it again: it may have room
                // then, although the attempt has a machine in the next zone.
                if (i > 0) await store.WriteAsync(key, Encoding.UTF8.GetBytes(order[i]), cancellationToken);
                var outcome = await LaunchInAsync(order[i], launch, image, cancellationToken);
                if (outcome.Zone is null) return outcome.Outcome;
                // A zone without room now is better news than one that never has such machines.
                if (refusal is null || outcome.Zone.Kind == StartKind.NoCapacity) refusal = outcome.Zone;
            }

            return refusal ?? new StartOutcome(StartKind.Invalid, Ec2Reason.Of(
                Ec2Fact.SubnetNotFound, "the stack has no subnets; see `tenfold infra status`"));
        }
        catch (AwsException e)
        {
            return LaunchRefusals.ToOutcome(e, launch.Words, launch.Region);
        }
    }

    /// <summary>The request that launches a machine, with its script.</summary>
    public static RunInstancesRequest Request(string subnet, MachineLaunch launch, MachineImage image)
    {
        var tags = MachineTags.Of(launch.Assignment, launch.Options.Stack).Select(tag => new Tag(tag.Key, tag.Value)).ToList();
        List<ResourceType> tagged = [ResourceType.Instance, ResourceType.Volume, ResourceType.NetworkInterface];
        if (launch.Plan.IsSpot) tagged.Add(ResourceType.SpotInstancesRequest);
        return new RunInstancesRequest
        {
            MinCount = 1,
            MaxCount = 1,
            ClientToken = ClientTokens.For(launch.Assignment.Ledger, launch.Assignment.Attempt, subnet),
            // Without a version, EC2 takes the default version, which others may have set back.
            LaunchTemplate = new LaunchTemplateSpecification { LaunchTemplateId = launch.Stack.LaunchTemplate, Version = "$Latest" },
            ImageId = image.Id,
            InstanceType = launch.Plan.InstanceType,
            SubnetId = subnet,
            InstanceInitiatedShutdownBehavior = ShutdownBehavior.Terminate,
            MetadataOptions = new InstanceMetadataOptionsRequest { HttpTokens = HttpTokensState.Required, HttpPutResponseHopLimit = 2 },
            BlockDeviceMappings =
            [
                new BlockDeviceMapping
                {
                    DeviceName = image.RootDevice,
                    Ebs = new EbsBlockDevice
                    {
                        VolumeSize = launch.Options.Disk,
                        VolumeType = VolumeType.Gp3,
                        DeleteOnTermination = true,
                        Encrypted = true,
                    },
                },
            ],
            InstanceMarketOptions = launch.Plan.IsSpot
                ? new InstanceMarketOptionsRequest
                {
                    MarketType = MarketType.Spot,
                    SpotOptions = new SpotMarketOptions
                    {
                        SpotInstanceType = SpotInstanceType.OneTime,
                        InstanceInterruptionBehavior = InstanceInterruptionBehavior.Terminate,
                    },
                }
                : null,
            TagSpecifications = [.. tagged.Select(type => new TagSpecification { ResourceType = type, Tags = tags })],
            UserData = Convert.ToBase64String(Encoding.UTF8.GetBytes(launch.Script)),
        };
    }

    private async Task<(StartOutcome Outcome, StartOutcome? Zone)> LaunchInAsync(
        string subnet, MachineLaunch launch, MachineImage image, CancellationToken cancellationToken)
    {
        try
        {
            await ec2.LaunchAsync(Request(subnet, launch, image), cancellationToken);
            return (StartOutcome.Started, null);
        }
        catch (AwsException e) when (LaunchRefusals.IsLaunchedBefore(e))
        {
            return (StartOutcome.Started, null);
        }
        catch (AwsException e)
        {
            var outcome = LaunchRefusals.ToOutcome(e, launch.Words, launch.Region);
            return (outcome, LaunchRefusals.IsOfZone(e) ? outcome : null);
        }
    }
}

/// <summary>A machine to launch.</summary>
/// <param name="Assignment">The attempt.</param>
/// <param name="Options">The target's options.</param>
/// <param name="Plan">The machine.</param>
/// <param name="Stack">The stack.</param>
/// <param name="Region">The region.</param>
/// <param name="Script">The machine's script.</param>
internal sealed record MachineLaunch(
    Assignment Assignment, Ec2Options Options, LaunchPlan Plan, StackOutputs Stack, string Region, string Script)
{
    /// <summary>The machine in words.</summary>
    public string Words => Plan.IsSpot ? $"{Plan.InstanceType} spot machine" : $"{Plan.InstanceType} machine";
}
