using Tenfold.Aws.CloudFormation;
using Tenfold.Aws.Ec2Api;
using Tenfold.Aws.SageMaker;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Wire;
using Tenfold.Core.Store;

namespace Tenfold.Aws.Stacks;

/// <summary>Deletes a stack. What contains artifacts stays, unless the artifacts are to go too.</summary>
/// <param name="stack">The stack.</param>
public sealed class StackDestroyer(AwsStack stack)
{
    // Some deletions fail only because AWS has not finished something else.
    private const int PlainTries = 2;

    /// <summary>Finds out what destroying would do, and changes nothing. It also finds what an earlier stack of this name left.</summary>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">S3 refused a call, or can't be reached.</exception>
    public async Task<DestroyPlan> PlanAsync(CancellationToken cancellationToken)
    {
        var found = await stack.FindAsync(stack.Name, cancellationToken);
        if (found?.StackStatus == StackStatus.Deleted) found = null;
        var resources = found is null ? [] : await ListAsync(found.StackId ?? stack.Name, cancellationToken);
        var kept = new List<ReportedResource>(resources.Where(IsKept));
        await foreach (var earlier in EarlierAsync(cancellationToken))
            kept.AddRange((await ListAsync(earlier, cancellationToken)).Where(IsKept));
        using var repositories = new StackRepositories(stack);
        var (work, faults) = await new StackWork(stack).FindAsync(resources, cancellationToken);
        return new DestroyPlan
        {
            Stack = stack.Name,
            Region = stack.Region,
            Status = found?.StackStatus,
            StackId = found?.StackId,
            IsProtected = found?.EnableTerminationProtection == true,
            Resources = [.. resources.Where(resource => resource.Status != StackStatus.Deleted && resource.PhysicalId is not null)],
            Work = work,
            WorkFaults = faults,
            Kept = await CountAsync(kept, repositories, cancellationToken),
            Caches = await repositories.FindCachedAsync(cancellationToken),
        };
    }

    /// <summary>
    /// Carries out a plan. Machines of runs that the plan names are ended first, since the network can't go before them; and training jobs,
    /// since SageMaker would go on with them without the stack.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="withArtifacts">True to delete buckets and repositories with everything in them.</param>
    /// <param name="report">Receives what happens to each resource.</param>
    /// <param name="cancellationToken">Stops following; AWS goes on.</param>
    /// <exception cref="AwsException">AWS refused a call, or gave no answer.</exception>
    /// <exception cref="StoreException">S3 refused a call, or can't be reached.</exception>
    public async Task<DestroyResult> DestroyAsync(
        DestroyPlan plan, bool withArtifacts, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        IReadOnlyList<StackFailure> retained = [];
        if (plan.Work.Where(work => work.IsMachine).Select(work => work.Id).ToList() is { Count: > 0 } machines)
        {
            using var ec2 = new Ec2Client(stack.Options, stack.Time);
            await ec2.TerminateAsync(machines, cancellationToken);
        }

        await StopTrainingAsync([.. plan.Work.Where(work => work.IsTraining).Select(work => work.Name)], cancellationToken);
        await RemoveVersionsAsync([.. plan.Work.Where(work => work.IsVersion).Select(work => work.Id)], cancellationToken);
        if (plan.Status is not null)
        {
            try
            {
                var (end, left) = await DeleteAsync(plan.StackId ?? stack.Name, plan.Status, report, cancellationToken);
                if (end is StackEnd.Failed failed) return new DestroyResult.Failed(failed.Status, failed.First);
                retained = left;
            }
            catch (AwsException e) when (e.Fault is AwsFault.ExpiredCredentials or AwsFault.Transport or AwsFault.Throttled)
            {
                return new DestroyResult.Unwatched(e.Message);
            }
        }

        return new DestroyResult.Done(await RemoveKeptAsync(plan, withArtifacts, report, cancellationToken), retained);
    }

    private async Task RemoveVersionsAsync(IReadOnlyList<string> services, CancellationToken cancellationToken)
    {
        if (services.Count == 0 || (await stack.ReadServingAsync(cancellationToken)).Outputs is not { } place) return;
        using var versions = new VersionServices(place, stack.Name, stack.Options, stack.Time) { Pace = stack.Pace };
        foreach (var service in services) await versions.RemoveAsync(service, cancellationToken);
    }

    private async Task StopTrainingAsync(IReadOnlyList<string> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0) return;
        using var training = new SageMakerClient(stack.Options, stack.Time);
        foreach (var job in jobs)
        {
            try
            {
                await training.StopTrainingJobAsync(new(job), cancellationToken);
            }
            catch (AwsException e) when (SageMakerFaults.IsStopNeedless(e))
            {
                // The job has ended, or ends.
            }
        }
    }

    private async Task<(StackEnd End, IReadOnlyList<StackFailure> Retained)> DeleteAsync(
        string id, string status, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        var tries = 0;
        if (status == "DELETE_IN_PROGRESS")
        {
            var earlier = new StackWatch(stack);
            var outcome = await earlier.FollowAsync(id, await earlier.CurrentTokenAsync(id, cancellationToken), report, cancellationToken);
            if (outcome is not StackEnd.Failed) return (outcome, []);
            tries = 1;
        }

        while (true)
        {
            var failures = tries++ < PlainTries ? [] : await FailuresAsync(id, cancellationToken);
            var token = StackApplier.NewToken();
            var watch = new StackWatch(stack);
            await watch.SkipEarlierAsync(id, cancellationToken);
            await stack.Client.DeleteStackAsync(new(id)
            {
                RetainResources = failures.Count == 0 ? null : [.. failures.Select(failure => failure.Resource)],
                ClientRequestToken = token,
            }, cancellationToken);
            var end = await watch.FollowAsync(id, token, report, cancellationToken);
            if (end is StackEnd.Gone || tries > PlainTries) return (end, failures);
        }
    }

    private async Task<IReadOnlyList<StackFailure>> FailuresAsync(string id, CancellationToken cancellationToken)
    {
        var failures = new List<StackFailure>();
        await foreach (var resource in stack.Client.ListStackResourcesAsync(new() { StackName = id }, cancellationToken))
        {
            if (resource.ResourceStatus != StackStatus.DeleteFailed) continue;
            failures.Add(new StackFailure(
                resource.LogicalResourceId, resource.ResourceType, resource.ResourceStatusReason ?? "AWS gave no reason"));
        }

        return failures;
    }

    private static bool IsKept(ReportedResource resource) =>
        resource is { Type: "AWS::S3::Bucket" or "AWS::ECR::Repository", PhysicalId: not null } && resource.Status != StackStatus.Deleted;

    // A stack that was destroyed is known by its ARN for 90 days.
    private async IAsyncEnumerable<string> EarlierAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListStacksRequest { StackStatusFilter = [StackStatus.Deleted] };
        await foreach (var deleted in stack.Client.ListStacksAsync(request, cancellationToken))
            if (deleted.StackName == stack.Name && deleted.StackId is { } id) yield return id;
    }

    private async Task<IReadOnlyList<ReportedResource>> ListAsync(string id, CancellationToken cancellationToken)
    {
        var resources = new List<ReportedResource>();
        await foreach (var found in stack.Client.ListStackResourcesAsync(new() { StackName = id }, cancellationToken))
        {
            resources.Add(new ReportedResource(
                found.LogicalResourceId, found.ResourceType, found.PhysicalResourceId, found.ResourceStatus, DriftState.NotChecked, []));
        }

        return resources;
    }

    private async Task<IReadOnlyList<Kept>> CountAsync(
        List<ReportedResource> resources, StackRepositories repositories, CancellationToken cancellationToken)
    {
        var kept = new List<Kept>();
        if (resources.Count == 0) return kept;
        using var buckets = new StackBuckets(stack);
        foreach (var (type, name) in resources.Select(resource => (resource.Type, resource.PhysicalId!)).Distinct())
        {
            var kind = type == "AWS::S3::Bucket" ? KeptKind.Bucket : KeptKind.Repository;
            var content = kind == KeptKind.Bucket
                ? await buckets.CountAsync(name, cancellationToken) : await repositories.CountAsync(name, cancellationToken);
            if (content is not null) kept.Add(new Kept(kind, name, content));
        }

        return kept;
    }

    // Only after the stack is gone: until then a job could still write.
    private async Task<IReadOnlyList<Kept>> RemoveKeptAsync(
        DestroyPlan plan, bool withArtifacts, Action<StackProgress> report, CancellationToken cancellationToken)
    {
        var left = new List<Kept>();
        using var repositories = new StackRepositories(stack);
        foreach (var cache in plan.Caches)
        {
            await repositories.DeleteAsync(cache, isForced: true, cancellationToken);
            Report("AWS::ECR::Repository", cache);
        }

        foreach (var kept in plan.Kept)
        {
            // It may have been filled since it was counted; then it is not deleted either.
            var isDeleted = (withArtifacts || kept.Content.Count == 0) && (kept.Kind == KeptKind.Repository
                ? await repositories.DeleteAsync(kept.Name, withArtifacts, cancellationToken)
                : await DeleteBucketAsync(kept.Name, withArtifacts, cancellationToken));
            if (isDeleted) Report(kept.Kind == KeptKind.Repository ? "AWS::ECR::Repository" : "AWS::S3::Bucket", kept.Name);
            else left.Add(kept);
        }

        return left;

        void Report(string type, string name) =>
            report(new StackProgress(name, type, StackStatus.Deleted, null, stack.Time.GetUtcNow()));
    }

    private async Task<bool> DeleteBucketAsync(string name, bool withArtifacts, CancellationToken cancellationToken)
    {
        using var buckets = new StackBuckets(stack);
        if (withArtifacts) await buckets.EmptyAsync(name, cancellationToken);
        return await buckets.DeleteAsync(name, cancellationToken);
    }
}
