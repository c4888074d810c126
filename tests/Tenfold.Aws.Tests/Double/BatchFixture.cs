using System.Text.Json.Nodes;
using Amazon.Runtime;
using Tenfold.Aws.Batch;
using Tenfold.Aws.Double;
using Tenfold.Aws.Wire;

namespace Tenfold.Aws.Tests.Double;

/// <summary>A double with a queue and a job definition, and a client of it.</summary>
internal sealed class BatchFixture : IDisposable
{
    public BatchFixture(AwsDoubleOptions? options = null, int maxVcpus = 4)
    {
        Aws = new AwsDouble(options);
        Aws.Batch.AddComputeEnvironment("machines", maxVcpus: maxVcpus);
        Aws.Batch.AddQueue("q", "machines");
        Client = new BatchClient(OptionsOf(Aws));
    }

    public AwsDouble Aws { get; }

    public BatchClient Client { get; }

    public static AwsOptions OptionsOf(AwsDouble aws, Credentials? credentials = null) => new()
    {
        Endpoint = aws.Endpoint,
        Region = aws.Options.Region,
        Credentials = credentials is { } keys ? new SessionAWSCredentials(keys.Key, keys.Secret, keys.Token)
            : new BasicAWSCredentials(aws.Options.AccessKey, aws.Options.Secret),
        Pause = TimeSpan.FromMilliseconds(1),
        Patience = TimeSpan.FromSeconds(60),
    };

    public async Task<string> DefineAsync(params string[] command) => (await Client.RegisterJobDefinitionAsync(new()
    {
        JobDefinitionName = "d",
        Type = "container",
        ContainerProperties = new()
        {
            Image = "public.ecr.aws/docker/library/python:3.12-slim",
            Command = command,
            JobRoleArn = "arn:aws:iam::123456789012:role/job",
            ResourceRequirements = [new("VCPU", "1"), new("MEMORY", "512")],
        },
    }, default)).JobDefinitionArn;

    /// <summary>Submits a job that runs a line of shell.</summary>
    public async Task<string> SubmitAsync(string script, Func<SubmitJobRequest, SubmitJobRequest>? change = null)
    {
        var request = new SubmitJobRequest { JobName = "job", JobQueue = "q", JobDefinition = await DefineAsync("sh", "-c", script) };
        return (await Client.SubmitJobAsync(change?.Invoke(request) ?? request, default)).JobId;
    }

    public Task UntilAsync(string id, params string[] states) =>
        Eventually.ShouldBeAsync(() => states.Contains(Aws.Batch.StatusOf(id)), $"job {id} is {string.Join(" or ", states)}");

    /// <summary>Waits for a job's end.</summary>
    public async Task<JsonObject> EndAsync(string id)
    {
        await UntilAsync(id, "SUCCEEDED", "FAILED");
        return Aws.Batch.Show(id)!;
    }

    public IReadOnlyList<string> LogOf(string id) =>
        Aws.Logs.Lines("/aws/batch/job", Aws.Batch.Show(id)!["container"]!["logStreamName"]!.GetValue<string>());

    public void Dispose()
    {
        Client.Dispose();
        Aws.Dispose();
    }

    internal sealed record Credentials(string Key, string Secret, string Token);
}
