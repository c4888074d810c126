using System.Globalization;
using System.Text;
using Amazon.EC2;
using Amazon.EC2.Model;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Ec2Api;

/// <summary>EC2, by Amazon's own package.</summary>
/// <remarks>Source: the API's model, ec2/2016-11-15.</remarks>
internal sealed class Ec2Client : IEc2, IDisposable
{
    internal static readonly WireService Service = new("EC2", WireProtocol.Query, "ec2", "ec2", "2016-11-15");

    // The most that EC2 returns in one page.
    private const int PageSize = 1000;

    private readonly AmazonEC2Client _client;
    private readonly SdkCalls _calls;
    private readonly TimeProvider _time;

    /// <summary>Creates a client with the settings of the user.</summary>
    /// <exception cref="AwsException">No region is set, or the endpoint is not a URL.</exception>
    public Ec2Client(AwsOptions? options = null, TimeProvider? time = null)
    {
        options ??= new AwsOptions();
        _time = time ?? TimeProvider.System;
        var config = new AmazonEC2Config();
        _calls = SdkCalls.Create(config, Service, options, _time);
        _client = new(options.Credentials ?? new ChainCredentials(), config);
    }

    /// <inheritdoc/>
    public async Task<Instance> LaunchAsync(RunInstancesRequest request, CancellationToken cancellationToken)
    {
        var answer = await _calls.RunAsync("RunInstances", token => _client.RunInstancesAsync(request, token), cancellationToken);
        return answer.Reservation.Instances[0];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Instance>> ListAsync(IReadOnlyList<Filter> filters, CancellationToken cancellationToken)
    {
        var found = new List<Instance>();
        string? page = null;
        do
        {
            var request = new DescribeInstancesRequest { Filters = [.. filters], MaxResults = PageSize, NextToken = page };
            var answer = await _calls.RunAsync(
                "DescribeInstances", token => _client.DescribeInstancesAsync(request, token), cancellationToken);
            found.AddRange((answer.Reservations ?? []).SelectMany(reservation => reservation.Instances ?? []));
            page = answer.NextToken;
        }
        while (!string.IsNullOrEmpty(page));
        return found;
    }

    /// <inheritdoc/>
    public async Task<string> RootDeviceOfAsync(string image, CancellationToken cancellationToken)
    {
        var request = new DescribeImagesRequest { ImageIds = [image] };
        var answer = await _calls.RunAsync("DescribeImages", token => _client.DescribeImagesAsync(request, token), cancellationToken);
        return answer.Images is [var found, ..] && !string.IsNullOrEmpty(found.RootDeviceName) ? found.RootDeviceName : "/dev/xvda";
    }

    /// <inheritdoc/>
    public Task TerminateAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken)
    {
        var request = new TerminateInstancesRequest { InstanceIds = [.. instances] };
        return _calls.RunAsync("TerminateInstances", token => _client.TerminateInstancesAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(string instance, CancellationToken cancellationToken)
    {
        var request = new StartInstancesRequest { InstanceIds = [instance] };
        return _calls.RunAsync("StartInstances", token => _client.StartInstancesAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(IReadOnlyList<string> instances, CancellationToken cancellationToken)
    {
        var request = new StopInstancesRequest { InstanceIds = [.. instances] };
        return _calls.RunAsync("StopInstances", token => _client.StopInstancesAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task TagAsync(string instance, IReadOnlyDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var request = new CreateTagsRequest { Resources = [instance], Tags = [.. tags.Select(tag => new Tag(tag.Key, tag.Value))] };
        return _calls.RunAsync("CreateTags", token => _client.CreateTagsAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public Task SetUserDataAsync(string instance, string script, CancellationToken cancellationToken)
    {
        var request = new ModifyInstanceAttributeRequest
        {
            InstanceId = instance,
            // The SDK encodes it.
            UserData = new SecureBlobAttributeValue { Value = new MemoryStream(Encoding.UTF8.GetBytes(script)) },
        };
        return _calls.RunAsync(
            "ModifyInstanceAttribute", token => _client.ModifyInstanceAttributeAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string> ReadShutdownBehaviorAsync(string instance, CancellationToken cancellationToken)
    {
        var request = new DescribeInstanceAttributeRequest
        {
            InstanceId = instance,
            Attribute = InstanceAttributeName.InstanceInitiatedShutdownBehavior,
        };
        var answer = await _calls.RunAsync(
            "DescribeInstanceAttribute", token => _client.DescribeInstanceAttributeAsync(request, token), cancellationToken);
        return answer.InstanceAttribute?.InstanceInitiatedShutdownBehavior ?? "";
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ListFreeVolumesAsync(Filter filter, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        string? page = null;
        do
        {
            var request = new DescribeVolumesRequest { Filters = [filter, new Filter("status", ["available"])], NextToken = page };
            var answer = await _calls.RunAsync(
                "DescribeVolumes", token => _client.DescribeVolumesAsync(request, token), cancellationToken);
            found.AddRange((answer.Volumes ?? []).Select(volume => volume.VolumeId));
            page = answer.NextToken;
        }
        while (!string.IsNullOrEmpty(page));
        return found;
    }

    /// <inheritdoc/>
    public Task DeleteVolumeAsync(string volume, CancellationToken cancellationToken)
    {
        var request = new DeleteVolumeRequest { VolumeId = volume };
        return _calls.RunAsync("DeleteVolume", token => _client.DeleteVolumeAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<decimal>> ListSpotPricesAsync(string instanceType, CancellationToken cancellationToken)
    {
        // From now to now gives the prices that hold now, one for each zone.
        var now = _time.GetUtcNow().UtcDateTime;
        var request = new DescribeSpotPriceHistoryRequest
        {
            InstanceTypes = [instanceType],
            ProductDescriptions = ["Linux/UNIX"],
            StartTime = now,
            EndTime = now,
        };
        var answer = await _calls.RunAsync(
            "DescribeSpotPriceHistory", token => _client.DescribeSpotPriceHistoryAsync(request, token), cancellationToken);
        return
        [
            .. (answer.SpotPriceHistory ?? []).GroupBy(price => price.AvailabilityZone)
                .Select(zone => zone.MaxBy(price => price.Timestamp)!.Price)
                .Select(text => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var usd) ? usd : 0)
                .Where(usd => usd > 0),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
