using Tenfold.Aws.Diagnosis;
using Tenfold.Aws.Prices;
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
        await connection.GetPlaceAsync(cancellationToken);
        // SageMaker counts machines of its own quotas, not the vCPUs of EC2's.
        var account = await new AccountCheck(connection.Aws, session, time).RunAsync(Actions, needs: null, cancellationToken);
        if (account.Any(check => check is { What: AccountCheck.Credentials, Fix: not null })) return account;
        return [.. account, await CheckMachinesAsync(cancellationToken)];
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
