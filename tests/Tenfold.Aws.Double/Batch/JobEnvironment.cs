using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Batch;

/// <summary>The variables of a job's process.</summary>
internal static class JobEnvironment
{
    /// <summary>The PATH of a container.</summary>
    public const string Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The variables that Batch adds.</summary>
    /// <remarks>Source: AWS Batch User Guide, job_env_vars.</remarks>
    public static Dictionary<string, string> OfBatch(BatchJob job, JobAttempt attempt)
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_BATCH_JOB_ID"] = job.Id,
            ["AWS_BATCH_JOB_ATTEMPT"] = $"{attempt.Number}",
            ["AWS_BATCH_CE_NAME"] = attempt.Environment.Name,
            ["AWS_BATCH_JQ_NAME"] = job.Queue.Name,
        };
        if (job.Index is { } index) environment["AWS_BATCH_JOB_ARRAY_INDEX"] = $"{index}";
        return environment;
    }

    public static Dictionary<string, string> Of(Account account, BatchJob job, JobAttempt attempt, string folder)
    {
        var home = Directory.CreateDirectory($"{folder}/.home").FullName;
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = Path,
            ["HOME"] = home,
            ["TMPDIR"] = Directory.CreateDirectory($"{folder}/.tmp").FullName,
            ["HOSTNAME"] = attempt.InstanceId,
            // On AWS, the endpoints are those of the network; here they have to be told.
            ["AWS_ENDPOINT_URL"] = account.Endpoint,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
        };
        if (attempt.Environment.IsFargate) environment["AWS_REGION"] = environment["AWS_DEFAULT_REGION"] = account.Region;
        foreach (var (name, value) in account.Options.MachineEnvironment) environment[name] = value;
        if (job.Spec.Container.Text("jobRoleArn") is { } role)
            environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = RoleCredentials.UriOf(account, account.RoleArn(role),
                attempt.TaskArn.Split('/')[^1]);
        foreach (var (name, value) in job.Spec.Environment) environment[name] = value;
        foreach (var (name, value) in OfBatch(job, attempt)) environment[name] = value;
        return environment;
    }
}
