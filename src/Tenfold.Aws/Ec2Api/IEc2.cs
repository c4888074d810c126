using Amazon.EC2.Model;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ec2Api;

/// <summary>The operations of EC2 that Tenfold uses, in one region of one account.</summary>
/// <remarks>Every call may throw <see cref="AwsException"/>. A new machine may be invisible to all of them for some seconds.</remarks>
internal interface IEc2
{
    /// <summary>Launches one machine. With a client token, a second request finds the machine of the first.</summary>
    Task<Instance> LaunchAsync(RunInstancesRequest request, CancellationToken cancellationToken);

    /// <summary>Lists machines, over all pages. Ended machines are listed for about an hour.</summary>
    Task<IReadOnlyList<Instance>> ListAsync(IReadOnlyList<Filter> filters, CancellationToken cancellationToken);

    /// <summary>Finds the root device of an image, for example <c>/dev/xvda</c>.</summary>
    Task<string> RootDeviceOfAsync(string image, CancellationToken cancellationToken);

    /// <summary>Ends machines for ever.</summary>
    Task TerminateAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken);

    /// <summary>Starts a stopped machine.</summary>
    Task StartAsync(string instance, CancellationToken cancellationToken);

    /// <summary>Stops machines, which can be started again.</summary>
    Task StopAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken);

    /// <summary>Sets tags of a machine.</summary>
    Task TagAsync(string instance, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken);

    /// <summary>Sets the script of a stopped machine.</summary>
    /// <param name="instance">The machine.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task SetUserDataAsync(string instance, string script, CancellationToken cancellationToken);

    /// <summary>Says what happens when a machine shuts itself down: <c>stop</c> or <c>terminate</c>.</summary>
    Task<string> ReadShutdownBehaviorAsync(string instance, CancellationToken cancellationToken);

    /// <summary>Lists the ids of disks that no machine has.</summary>
    Task<IReadOnlyList<string>> ListFreeVolumesAsync(Filter filter, CancellationToken cancellationToken);

    /// <summary>Deletes a disk that no machine has.</summary>
    Task DeleteVolumeAsync(string volume, CancellationToken cancellationToken);

    /// <summary>Lists the current prices of a type's spot machines with Linux, in each zone.</summary>
    /// <returns>US dollars per hour; empty when the region has no such machines.</returns>
    Task<IReadOnlyList<decimal>> ListSpotPricesAsync(string instanceType, CancellationToken cancellationToken);
}
