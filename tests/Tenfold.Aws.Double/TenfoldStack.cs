namespace Tenfold.Aws.Double;

/// <summary>What Tenfold's own template makes, without CloudFormation, for tests that need only its parts.</summary>
public static class TenfoldStack
{
    /// <summary>Adds queues, compute environments, the log group, and a stack with the outputs that targets read.</summary>
    /// <param name="aws">The double.</param>
    /// <param name="bucket">The bucket of the stack; it must exist on the S3 server.</param>
    /// <param name="name">The stack's name.</param>
    /// <param name="maxVcpus">The vCPUs of each compute environment.</param>
    public static void Add(AwsDouble aws, string bucket, string name = "tenfold", int maxVcpus = 64)
    {
        (string Output, string Suffix, string Type, string[] Instances)[] queues =
        [
            ("QueueOnDemand", "on-demand", "EC2", []), ("QueueSpot", "spot", "SPOT", []),
            ("QueueGpu", "gpu", "EC2", ["g5.xlarge"]), ("QueueGpuSpot", "gpu-spot", "SPOT", ["g5.xlarge"]),
        ];
        var (region, account) = (aws.Options.Region, aws.Options.Account);
        var outputs = new Dictionary<string, string>
        {
            ["Bucket"] = bucket,
            ["Repository"] = $"{account}.dkr.ecr.{region}.amazonaws.com/{name}",
            ["JobRole"] = $"arn:aws:iam::{account}:role/{name}-job",
            ["ExecutionRole"] = $"arn:aws:iam::{account}:role/{name}-execution",
            ["TrainingRole"] = $"arn:aws:iam::{account}:role/{name}-training",
            ["InstanceProfile"] = $"{name}-instance",
            ["LogGroup"] = $"/{name}/runs",
            ["Vpc"] = "vpc-0a1b2c3d4e5f60718",
            ["Subnets"] = "subnet-0a1b2c3d4e5f60718,subnet-0a1b2c3d4e5f60719",
            ["SecurityGroup"] = "sg-0a1b2c3d4e5f60718",
            ["LaunchTemplate"] = "lt-0a1b2c3d4e5f60718",
            ["PullThrough"] = $"{account}.dkr.ecr.{region}.amazonaws.com/{name}-public",
            ["TemplateVersion"] = "3",
        };
        foreach (var (output, suffix, type, instances) in queues)
        {
            aws.Batch.AddComputeEnvironment($"{name}-{suffix}", type, maxVcpus, instances);
            aws.Batch.AddQueue($"{name}-{suffix}", $"{name}-{suffix}");
            outputs[output] = $"{name}-{suffix}";
        }
        aws.Ec2.AddTemplate(outputs["LaunchTemplate"], name, outputs["InstanceProfile"], outputs["SecurityGroup"]);
        aws.Logs.AddGroup(outputs["LogGroup"]);
        aws.Stacks.Add(name, outputs);
    }
}
