using System.Globalization;
using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Stacks;

/// <summary>Reports the state of a stack, and what somebody has changed by hand.</summary>
/// <param name="stack">The stack.</param>
public sealed class StackInspector(AwsStack stack)
{
    /// <summary>How long a comparison of all resources may take. AWS needs about a minute.</summary>
    internal TimeSpan DriftPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Inspects the stack.</summary>
    /// <param name="isDriftWanted">True to compare each resource with the template, which takes about a minute.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer. A comparison that fails is part of the report.</exception>
    public async Task<StackReport> InspectAsync(bool isDriftWanted, CancellationToken cancellationToken)
    {
        var report = new StackReport { Stack = stack.Name, Region = stack.Region };
        var found = await stack.FindAsync(stack.Name, cancellationToken);
        if (found is null || found.StackStatus == StackStatus.Deleted) return report;
        var outputs = found.Outputs.Where(output => output is { OutputKey: not null, OutputValue: not null })
            .ToDictionary(output => output.OutputKey!, output => output.OutputValue!);
        var drifts = new Dictionary<string, ResourceDrift>();
        var isComparable = StackStatus.IsUsable(found.StackStatus) && !StackStatus.IsInProgress(found.StackStatus);
        var fault = isDriftWanted && isComparable ? await CompareAsync(drifts, cancellationToken) : null;
        return report with
        {
            Status = found.StackStatus,
            Lookup = StackOutputsReader.Examine(found, stack.Region),
            Reason = found.StackStatusReason,
            ChangedAt = found.LastUpdatedTime ?? found.CreationTime,
            TemplateVersion = outputs.GetValueOrDefault("TemplateVersion") is { } version
                && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            Outputs = outputs,
            Parameters = found.Parameters.ToDictionary(parameter => parameter.ParameterKey, parameter => parameter.ParameterValue ?? ""),
            Resources = await ListAsync(found.StackId ?? stack.Name, drifts, cancellationToken),
            DriftFault = fault,
        };
    }

    private async Task<IReadOnlyList<ReportedResource>> ListAsync(
        string stackId, Dictionary<string, ResourceDrift> drifts, CancellationToken cancellationToken)
    {
        var resources = new List<ReportedResource>();
        await foreach (var resource in stack.Client.ListStackResourcesAsync(new() { StackName = stackId }, cancellationToken))
        {
            var drift = drifts.GetValueOrDefault(resource.LogicalResourceId);
            resources.Add(new ReportedResource(
                resource.LogicalResourceId, resource.ResourceType, resource.PhysicalResourceId, resource.ResourceStatus,
                drift?.StackResourceDriftStatus switch
                {
                    "IN_SYNC" => DriftState.InSync,
                    "MODIFIED" => DriftState.Modified,
                    "DELETED" => DriftState.Deleted,
                    _ => DriftState.NotChecked,
                },
                [.. drift?.PropertyDifferences.Select(difference => difference.PropertyPath).OfType<string>() ?? []]));
        }

        return resources;
    }

    // The stack is usable without the comparison, so its faults are reported instead of thrown.
    private async Task<string?> CompareAsync(Dictionary<string, ResourceDrift> drifts, CancellationToken cancellationToken)
    {
        try
        {
            var fault = await WaitAsync(cancellationToken);
            var listing = stack.Client.DescribeStackResourceDriftsAsync(new(stack.Name), cancellationToken);
            await foreach (var drift in listing) drifts[drift.LogicalResourceId] = drift;
            return fault;
        }
        catch (AwsException e)
        {
            return e.Message;
        }
    }

    private async Task<string?> WaitAsync(CancellationToken cancellationToken)
    {
        var started = stack.Time.GetTimestamp();
        var id = await stack.Client.DetectStackDriftAsync(new() { StackName = stack.Name }, cancellationToken);
        while (stack.Time.GetElapsedTime(started) < DriftPatience)
        {
            var detection = await stack.Client.DescribeStackDriftDetectionStatusAsync(new(id), cancellationToken);
            if (detection.DetectionStatus == "DETECTION_COMPLETE") return null;
            if (detection.DetectionStatus == "DETECTION_FAILED") return detection.DetectionStatusReason ?? "AWS gave no reason";
            await stack.PauseAsync(cancellationToken);
        }

        return $"AWS did not finish within {DriftPatience.TotalMinutes:0} minutes";
    }
}
