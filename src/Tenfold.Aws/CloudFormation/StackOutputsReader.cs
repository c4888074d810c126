using Tenfold.Aws.Wire;

namespace Tenfold.Aws.CloudFormation;

/// <summary>Reads what a stack offers. A usable stack is read again after some minutes only. Thread-safe.</summary>
/// <param name="stack">The stack's name.</param>
/// <param name="options">How to connect to AWS; null for the defaults.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class StackOutputsReader(string stack, AwsOptions? options = null, TimeProvider? time = null) : IDisposable
{
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly StacksClient _stacks = new(options, time);
    private readonly SemaphoreSlim _one = new(1);
    private StackLookup.Ready? _known;
    private long _readAt;

    /// <summary>The region that is read.</summary>
    public string Region => _stacks.Region;

    /// <summary>Reads the stack's outputs, unless they were read recently.</summary>
    /// <exception cref="AwsException">AWS refused the call, or gave no answer.</exception>
    public async Task<StackLookup> ReadAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_known is not null && _time.GetElapsedTime(_readAt) < Validity) return _known;
            var found = await LookUpAsync(_stacks, stack, cancellationToken);
            (_known, _readAt) = (found as StackLookup.Ready, _time.GetTimestamp());
            return found;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Lets the next call read the stack again, for instance after AWS did not know one of the resources.</summary>
    public void Forget() => _known = null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stacks.Dispose();
        _one.Dispose();
    }

    internal static async Task<StackLookup> LookUpAsync(StacksClient stacks, string stack, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var found in stacks.DescribeStacksAsync(new() { StackName = stack }, cancellationToken))
                return Examine(found, stacks.Region);
        }
        catch (AwsException e) when (e.Fault == AwsFault.NotFound)
        {
            // CloudFormation answers so for a name that no living stack has.
        }

        return new StackLookup.Missing(stack, stacks.Region);
    }

    internal static StackLookup Examine(Stack found, string region)
    {
        if (found.StackStatus == StackStatus.Deleted) return new StackLookup.Missing(found.StackName, region);
        if (!StackStatus.IsUsable(found.StackStatus)) return new StackLookup.Unusable(found.StackName, region, found.StackStatus);
        var values = found.Outputs.Where(output => output is { OutputKey: not null, OutputValue.Length: > 0 })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!);
        var missing = new List<string>();
        string Needed(string key)
        {
            if (values.TryGetValue(key, out var value)) return value;
            missing.Add(key);
            return "";
        }

        var outputs = new StackOutputs
        {
            StackId = found.StackId ?? "",
            Bucket = Needed("Bucket"),
            Repository = Needed("Repository"),
            QueueOnDemand = Needed("QueueOnDemand"),
            QueueSpot = values.GetValueOrDefault("QueueSpot"),
            QueueGpu = values.GetValueOrDefault("QueueGpu"),
            QueueGpuSpot = values.GetValueOrDefault("QueueGpuSpot"),
            JobRole = Needed("JobRole"),
            ExecutionRole = Needed("ExecutionRole"),
            TrainingRole = Needed("TrainingRole"),
            InstanceProfile = Needed("InstanceProfile"),
            LogGroup = Needed("LogGroup"),
            Vpc = values.GetValueOrDefault("Vpc"),
            Subnets = Needed("Subnets").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            SecurityGroup = Needed("SecurityGroup"),
            LaunchTemplate = Needed("LaunchTemplate"),
            PullThrough = Needed("PullThrough"),
            TemplateVersion = int.TryParse(Needed("TemplateVersion"), out var version) ? version : 0,
        };
        return missing.Count == 0 ? new StackLookup.Ready(outputs) : new StackLookup.Incomplete(found.StackName, region, missing);
    }
}
