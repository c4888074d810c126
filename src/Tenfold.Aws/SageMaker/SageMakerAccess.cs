using Tenfold.Aws.Diagnosis;
using Tenfold.Aws.Images;
using Tenfold.Aws.Prices;
using Tenfold.Aws.SageMaker.Submit;
using Tenfold.Aws.ServiceQuotas;
using Tenfold.Aws.Wire;
using Tenfold.Core.Hosts;
using Tenfold.Core.Targets;

namespace Tenfold.Aws.SageMaker;

/// <summary>Checks what training jobs depend on: the account, and its quotas of training machines.</summary>
/// <param name="connection">AWS.</param>
/// <param name="session">The user.</param>
/// <param name="time">The clock.</param>
internal sealed class SageMakerAccess(SageMakerConnection connection, UserSession session, TimeProvider time)
{
    // docs/aws.md lists them for users. Those of `ssm` are for runs with secrets.
    private static readonly string[] Actions =
    [
        "sagemaker:CreateTrainingJob", "sagemaker:AddTags", "sagemaker:ListTags", "sagemaker:ListTrainingJobs",
        "sagemaker:DescribeTrainingJob", "sagemaker:StopTrainingJob", "cloudformation:DescribeStacks", "logs:GetLogEvents",
        "logs:DescribeLogStreams", "iam:PassRole", "ssm:PutParameter", "ssm:AddTagsToResource", "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:DeleteParameters",
    ];

    /// <summary>Runs the checks.</summary>
    /// <exception cref="AwsException">AWS refused to describe the stack, or gave no answer.</exception>
    public async Task<IReadOnlyList<AccessCheck>> CheckAsync(CancellationToken cancellationToken)
    {
        var place = await connection.GetPlaceAsync(cancellationToken);
        // SageMaker counts machines of its own quotas, not the vCPUs of EC2's.
        var account = await new AccountCheck(connection.Aws, session, time).RunAsync(Actions, needs: null, cancellationToken);
        if (account.Any(check => check is { What: AccountCheck.Credentials, Fix: not null })) return account;
        List<AccessCheck> checks = [.. account, await CheckMachinesAsync(cancellationToken)];
        if (connection.Image is { } named) checks.Add(await CheckImageAsync(named, place, cancellationToken));
        return checks;
    }

    // SageMaker says so only when a job is created, or minutes later.
    private async Task<AccessCheck> CheckImageAsync(string named, SageMakerPlace place, CancellationToken cancellationToken)
    {
        const string What = "image";
        if (TrainingImages.Find(named, place, hasGpus: false, out var fault) is not { } image)
            return new AccessCheck(What, fault!, "correct `image` of the target");
        // The cache fetches a public image at its first use.
        if (image != named) return new AccessCheck(What, $"{image}, through the stack's cache");
        var (repository, tag) = image.LastIndexOf(':') is var colon && colon > image.LastIndexOf('/')
            ? (image[..colon], image[(colon + 1)..]) : (image, "latest");
        if (repository.Contains('@', StringComparison.Ordinal)) return new AccessCheck(What, $"{image}, not checked");
        try
        {
            using var registry = EcrRegistry.TryOpen(repository, time, connection.Aws);
            if (registry is null) return new AccessCheck(What, $"{image}, not checked");
            return await registry.FindAsync(tag, cancellationToken) is { } digest
                ? new AccessCheck(What, $"{image} ({digest})")
                : new AccessCheck(What, $"ECR has no {image}", "push it (`tenfold image push`), or correct `image` of the target");
        }
        catch (AwsException e)
        {
            return new AccessCheck(What, $"{image}, not checked: {e.Message}");
        }
    }

    // New accounts have a quota of 0 for most machines with GPUs, and SageMaker says so only when a job is created.
    private async Task<AccessCheck> CheckMachinesAsync(CancellationToken cancellationToken)
    {
        const string What = "quotas", Machines = "training machines", OnDemand = " for training job usage";
        try
        {
            var allowed = new List<string>();
            using var client = new QuotasClient(connection.Aws, time);
            await foreach (var quota in client.ListServiceQuotasAsync(new("sagemaker") { MaxResults = 100 }, cancellationToken))
            {
                if (quota is { Value: > 0, QuotaName: { } name } && name.EndsWith(OnDemand, StringComparison.Ordinal)
                    && InstanceCatalog.Training.Find(name[..^OnDemand.Length]) is { } type) allowed.Add($"{quota.Value:0} {type.Name}");
            }

            return allowed.Count > 0
                ? new AccessCheck(What, $"{Machines}: {string.Join(", ", allowed)}; none of the other common types on demand")
                : new AccessCheck(What, $"{Machines}: none of the common types on demand", "ask for some in the console of Service Quotas");
        }
        catch (AwsException e)
        {
            return new AccessCheck(What, $"not checked: {e.Message}");
        }
    }
}
