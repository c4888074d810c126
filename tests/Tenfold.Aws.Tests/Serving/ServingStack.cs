using Tenfold.Aws.CloudFormation;

namespace Tenfold.Aws.Tests.Serving;

/// <summary>What tests of serving share.</summary>
internal static class ServingStack
{
    /// <summary>The outputs of a stack of runs.</summary>
    public static StackOutputs Base { get; } = new()
    {
        StackId = "arn:aws:cloudformation:eu-west-1:123456789012:stack/tenfold/1",
        Bucket = "bucket",
        Repository = "r",
        QueueOnDemand = "q",
        JobRole = "j",
        ExecutionRole = "e",
        TrainingRole = "t",
        InstanceProfile = "p",
        LogGroup = "l",
        Vpc = "vpc-1",
        Subnets = ["subnet-1", "subnet-2"],
        SecurityGroup = "sg-1",
        LaunchTemplate = "lt-1",
        PullThrough = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/tenfold-public",
        TemplateVersion = 3,
    };
}
