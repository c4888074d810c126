using System.Diagnostics;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Batch;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.SageMaker;

/// <summary>The folder <c>/opt/ml</c> of a training container.</summary>
/// <remarks>Source: SageMaker Developer Guide, "How Amazon SageMaker Runs Your Training Image".</remarks>
internal sealed class TrainingFolder(TrainingJob job, string place, S3Files files)
{
    private const string Root = "/opt/ml";

    // A private mount of /opt makes /opt/ml the job's own, and leaves nothing on this machine.
    private const string Mount = "mount -t tmpfs none /opt && mkdir /opt/ml && mount --bind \"$0\" /opt/ml && exec \"$@\"";
    private static readonly Lazy<string[]?> Unshare = new(FindUnshare);

    public string Ml => $"{place}/ml";

    /// <summary>Makes the folders and the files of the configuration.</summary>
    public void Prepare()
    {
        foreach (var name in (string[])["input/data", "input/config", "model", "output/data", "code", "checkpoints"])
            Directory.CreateDirectory($"{Ml}/{name}");
        foreach (var name in (string[])["work", "home", "tmp"]) Directory.CreateDirectory($"{place}/{name}");
        var request = job.Request;
        Write("hyperparameters", request.Map("HyperParameters").ToMap());
        var channels = new JsonObject();
        foreach (var channel in request.Items("InputDataConfig"))
            channels[channel.Text("ChannelName")!] = new JsonObject
            {
                ["TrainingInputMode"] = ModeOf(channel),
                ["S3DistributionType"] = channel["DataSource"]?["S3DataSource"].Text("S3DataDistributionType") ?? "FullyReplicated",
                ["RecordWrapperType"] = "None",
            };
        Write("inputdataconfig", channels);
        Write("resourceconfig", new JsonObject
        {
            ["current_host"] = "algo-1",
            ["current_instance_type"] = request["ResourceConfig"].Text("InstanceType"),
            ["hosts"] = new JsonArray("algo-1"),
            ["network_interface_name"] = "eth0",
        });
    }

    /// <summary>Downloads the channels and checkpoints; returns what is wrong, or null.</summary>
    public async Task<string?> DownloadAsync()
    {
        foreach (var channel in job.Request.Items("InputDataConfig"))
        {
            var uri = channel["DataSource"]?["S3DataSource"].Text("S3Uri")!;
            if (ModeOf(channel) == "FastFile" && !uri.EndsWith('/'))
                return $"ClientError: FastFile mode needs a prefix that ends with a slash: {uri}";
            var folder = $"{Ml}/input/data/{channel.Text("ChannelName")}";
            if (await files.DownloadAsync(uri, folder) == 0)
                return $"ClientError: Data download failed:No S3 objects found under S3 URL \"{uri}\" given in input data source. " +
                    "Please ensure that the bucket exists in the selected region, that objects exist under that S3 prefix, and that the " +
                    "role has \"s3:ListBucket\" permissions";
        }
        if (job.Request["CheckpointConfig"].Text("S3Uri") is { } checkpoints)
            await files.DownloadAsync(checkpoints.TrimEnd('/') + "/", Checkpoints);
        return null;
    }

    public string Checkpoints => Translate(job.Request["CheckpointConfig"].Text("LocalPath") ?? $"{Root}/checkpoints", isInside: false);

    /// <summary>The command of the container's first process.</summary>
    public string[] Command()
    {
        var specification = job.Request["AlgorithmSpecification"];
        var words = specification.Texts("ContainerEntrypoint").Concat(specification.Texts("ContainerArguments")).ToArray();
        // Without an entry point, SageMaker runs `docker run IMAGE train`. There is no image here.
        if (words.Length == 0) words = ["train"];
        return Unshare.Value is { } unshare ? [.. unshare, "sh", "-c", Mount, Ml, .. words]
            : [.. words.Select(word => Translate(word, isInside: true))];
    }

    public Dictionary<string, string> Environment(Account account)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = JobEnvironment.Path,
            ["HOME"] = $"{place}/home",
            ["TMPDIR"] = $"{place}/tmp",
            ["HOSTNAME"] = "algo-1",
            ["TRAINING_JOB_NAME"] = job.Name,
            ["TRAINING_JOB_ARN"] = job.Arn,
            ["AWS_REGION"] = account.Region,
            ["AWS_ENDPOINT_URL"] = account.Endpoint,
            ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = RoleCredentials.UriOf(account, job.Request.Text("RoleArn")!, "SageMaker"),
        };
        foreach (var (name, value) in account.Options.MachineEnvironment) environment[name] = value.Replace("{machine}", place);
        foreach (var (name, value) in job.Request.Map("Environment")) environment[name] = Translate(value, isInside: true);
        return environment;
    }

    /// <summary>What the container wrote to say why it failed; empty for nothing.</summary>
    public string Failure() => File.Exists($"{Ml}/output/failure") ? File.ReadAllText($"{Ml}/output/failure") : "";

    /// <summary>Uploads the model and the other output, unless they are empty; returns where the model is.</summary>
    public async Task<string> UploadAsync()
    {
        var to = $"{job.Request["OutputDataConfig"].Text("S3OutputPath")!.TrimEnd('/')}/{job.Name}/output";
        foreach (var (folder, name) in ((string, string)[])[("model", "model.tar.gz"), ("output", "output.tar.gz")])
        {
            var from = $"{Ml}/{folder}" + (folder == "output" ? "/data" : "");
            if (!Directory.Exists(from) || !Directory.EnumerateFileSystemEntries(from).Any()) continue;
            using var tar = Process.Start("tar", ["-czf", $"{place}/{name}", "-C", from, "."]);
            await tar.WaitForExitAsync();
            await files.UploadAsync($"{to}/{name}", $"{place}/{name}");
        }
        return $"{to}/model.tar.gz";
    }

    private string ModeOf(JsonNode channel) =>
        channel.Text("InputMode") ?? job.Request["AlgorithmSpecification"].Text("TrainingInputMode") ?? "File";

    private void Write(string name, JsonObject content) => File.WriteAllText($"{Ml}/input/config/{name}.json", content.ToJsonString());

    private string Translate(string text, bool isInside) =>
        isInside && Unshare.Value is not null ? text : text.Replace(Root, Ml, StringComparison.Ordinal);

    // A user who is not root needs a user namespace for the mount. Some machines allow neither: paths are then translated.
    private static string[]? FindUnshare()
    {
        foreach (var options in (string[][])[["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]])
        {
            var start = new ProcessStartInfo(options[0], [.. options[1..], "mount", "-t", "tmpfs", "none", "/opt"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            if (process.ExitCode == 0) return options;
        }
        return null;
    }
}
