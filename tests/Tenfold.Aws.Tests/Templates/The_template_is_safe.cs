using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

public sealed class The_template_is_safe
{
    [Fact]
    public void It_keeps_every_rule() => PolicyCheck.Faults(Ours).ShouldBeEmpty();

    [Theory]
    [InlineData("Principal: { Service: sagemaker.amazonaws.com }", "Principal: { AWS: \"*\" }", "TrainingRole: anybody is allowed")]
    [InlineData("            Effect: Deny", "            Effect: Allow", "BucketTransport: anybody is allowed")]
    [InlineData("Action: cloudwatch:PutMetricData", "Action: \"*\"", "TrainingRole: the action *")]
    [InlineData("Action: cloudwatch:PutMetricData", "Action: \"cloudwatch:*\"", "TrainingRole: the action cloudwatch:*")]
    [InlineData("Action: cloudwatch:PutMetricData", "NotAction: iam:PassRole", "TrainingRole: NotAction allows what nobody has listed")]
    [InlineData("            # The login is for the whole registry; this action takes no other resource.\n", "", "PullImages: a wildcard without a comment")]
    [InlineData("      Description: Training scripts in Batch jobs\n", "      Description: Training scripts in Batch jobs\n      Path: /\n    Metadata: {}\n  Key:\n    Type: AWS::IAM::AccessKey\n    Properties:\n", "Key: long-lived keys")]
    [InlineData("      PermissionsBoundary: !If [HasOwnBoundary, !Ref Boundary, !Ref PermissionsBoundary]\n", "", "JobRole: no permissions boundary")]
    [InlineData("      SecurityGroupEgress:\n", "      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0 }]\n      SecurityGroupEgress:\n", "SecurityGroup: lets somebody in")]
    [InlineData("HasSsh: !Not [!Equals [!Ref SshFrom, \"\"]]", "HasSsh: !Equals [!Ref SshFrom, \"\"]", "SshRule: lets somebody in by default")]
    [InlineData("CidrIp: !Ref SshFrom", "CidrIp: 0.0.0.0/0", "SshRule: lets everybody in")]
    [InlineData("BucketEncryption:", "BucketEncryptions:", "Bucket: not encrypted")]
    [InlineData("        Status: Enabled\n      BucketEncryption", "        Status: Suspended\n      BucketEncryption", "Bucket: no versions")]
    [InlineData("BlockPublicPolicy: true", "BlockPublicPolicy: false", "Bucket: BlockPublicPolicy is off")]
    [InlineData("\"aws:SecureTransport\": \"false\"", "\"aws:SecureTransport\": \"true\"", "Bucket: plain HTTP is accepted")]
    [InlineData("DeletionPolicy: Retain", "DeletionPolicy: Delete", "Bucket: DeletionPolicy doesn't retain it")]
    [InlineData("DeletionPolicy: Retain", "DeletionPolicy: Delete", "Repository: DeletionPolicy doesn't retain it")]
    [InlineData("      RetentionInDays: !Ref LogDays\n", "", "LogGroup: logs stay for ever")]
    [InlineData("HttpTokens: required", "HttpTokens: optional", "MachineTemplate: version 1 of the metadata service")]
    [InlineData("Encrypted: true", "Encrypted: false", "BatchTemplate: not encrypted")]
    [InlineData("        BlockDeviceMappings:", "        Mappings:", "OnDemand: an unencrypted disk")]
    [InlineData("DeleteOnTermination: true", "DeleteOnTermination: false", "BatchTemplate: the disk stays")]
    [InlineData("ResourceType: volume", "ResourceType: network-interface", "BatchTemplate: no tag on its volume")]
    [InlineData("MinvCpus: 0", "MinvCpus: 1", "GpuSpotMachines: machines run while idle")]
    [InlineData("JobStateTimeLimitActions:", "OtherActions:", "QueueGpu: jobs wait for ever")]
    [InlineData("Type: AWS::EC2::InternetGateway", "Type: AWS::EC2::NatGateway", "Gateway: costs while idle")]
    [InlineData("      Tags:\n        - { Key: \"tenfold:stack\", Value: !Ref AWS::StackName }\n\n  BucketTransport", "\n  BucketTransport", "Bucket: no tag")]
    [InlineData("Value: !Ref AWS::StackName }", "Value: other }", "Network: no tag")]
    public void A_broken_rule_is_found(string text, string broken, string fault) =>
        PolicyCheck.Faults(OursWith(text, broken)).ShouldContain(fault);

    [Fact]
    public void A_machine_of_the_target_ec2_is_gone_once_it_shuts_down() =>
        Text(Child(Properties(Ours.Resource("MachineTemplate")!), "LaunchTemplateData", "InstanceInitiatedShutdownBehavior"))
            .ShouldBe("terminate");
}
