using System.Collections.Concurrent;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ec2;

/// <summary>
/// Finds the image of a machine. Amazon publishes the ids of its current images as public parameters of Systems Manager.
/// </summary>
/// <param name="ec2">EC2.</param>
/// <param name="readParameter">Reads a parameter of Systems Manager.</param>
/// <param name="time">The clock.</param>
internal sealed class MachineImages(IEc2 ec2, Func<string, CancellationToken, Task<string>> readParameter, TimeProvider time)
{
    /// <summary>Amazon Linux 2023.</summary>
    public const string Plain = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

    /// <summary>Ubuntu with NVIDIA's driver.</summary>
    public const string WithGpus =
        "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-ubuntu-22.04/latest/ami-id";

    // Amazon replaces its images every few weeks.
    private static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (Lazy<Task<MachineImage>> Image, long At)> _known = [];

    /// <summary>Finds an image.</summary>
    /// <param name="named">The image's id or parameter; null for Amazon's own.</param>
    /// <param name="hasGpus">True when the image needs a driver for graphics processors.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="AwsException">There is no such image or parameter, or a call failed.</exception>
    public async Task<MachineImage> FindAsync(string? named, bool hasGpus, CancellationToken cancellationToken)
    {
        var name = named ?? (hasGpus ? WithGpus : Plain);
        if (_known.TryGetValue(name, out var known) && time.GetElapsedTime(known.At) >= Validity) _known.TryRemove(name, out _);
        // Many launches at once ask once.
        var image = _known.GetOrAdd(
            name, _ => (new Lazy<Task<MachineImage>>(() => ReadAsync(name, cancellationToken)), time.GetTimestamp())).Image;
        try
        {
            return await image.Value;
        }
        catch (Exception)
        {
            _known.TryRemove(name, out _);
            throw;
        }
    }

    private async Task<MachineImage> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var id = name.StartsWith('/') ? await readParameter(name, cancellationToken) : name;
        return new MachineImage(id, await ec2.RootDeviceOfAsync(id, cancellationToken));
    }
}

/// <summary>An image.</summary>
/// <param name="Id">Its id.</param>
/// <param name="RootDevice">The name of its root disk. A launch that names another disk gets a second one.</param>
internal sealed record MachineImage(string Id, string RootDevice);
