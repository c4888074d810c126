using System.Text;
using Tenfold.Aws.CloudFormation;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

public sealed class The_template_fits_AWSs_specification
{
    private const int LargestBody = 51_200;

    [Fact]
    public void Resource_types_and_properties_exist_and_have_the_right_types() => TypeCheck.Faults(Ours).ShouldBeEmpty();

    [Theory]
    [InlineData("Type: AWS::S3::Bucket\n", "Type: AWS::S3::Bukket\n", "Bucket: there is no resource type AWS::S3::Bukket")]
    [InlineData("      CidrBlock: 10.83.0.0/16", "      CidrBlok: 10.83.0.0/16", "Network: there is no property CidrBlok")]
    [InlineData("SSEAlgorithm: AES256", "SSEAlgoritm: AES256", "Bucket.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault: there is no property SSEAlgoritm")]
    [InlineData("EnableDnsSupport: true", "EnableDnsSupport: perhaps", "Network.EnableDnsSupport: 'perhaps' is not boolean")]
    [InlineData("NoncurrentDays: 30", "NoncurrentDays: a month", "Bucket.LifecycleConfiguration.Rules[0].NoncurrentVersionExpiration.NoncurrentDays: 'a month' is not integer")]
    [InlineData("      GroupDescription: !Sub \"Machines of the Tenfold stack ${AWS::StackName}\"\n", "", "SecurityGroup: GroupDescription is missing")]
    [InlineData("      Roles: [!Ref MachineRole]", "      Roles: MachineRole", "MachineProfile.Roles: 'MachineRole' is not array")]
    [InlineData("          Action: CANCEL\n          Reason: MISCONFIGURATION:COMPUTE", "          Action: STOP\n          Reason: MISCONFIGURATION:COMPUTE", "QueueOnDemand.JobStateTimeLimitActions[0].Action: 'STOP' is none of")]
    [InlineData("        SecurityGroupIds: [!Ref SecurityGroup]\n        Tags:", "        SecurityGroupIds: !Sub \"x\"\n        Tags:", "OnDemand.ComputeResources.SecurityGroupIds is text, not array")]
    [InlineData("        - { Key: Name, Value: !Sub \"${AWS::StackName} a\" }", "        - { Name: a }", "SubnetA.Tags[0] is no tag")]
    public void A_template_that_does_not_fit_is_found(string text, string broken, string fault) =>
        TypeCheck.Faults(OursWith(text, broken)).ShouldContain(found => found.StartsWith(fault, StringComparison.Ordinal));

    [Fact]
    public void Everything_that_is_referred_to_exists() => ReferenceCheck.Faults(Ours).ShouldBeEmpty();

    [Theory]
    [InlineData("VpcId: !Ref Network", "VpcId: !Ref Netwrk", "SubnetA.VpcId: there is no Netwrk")]
    [InlineData("Value: !GetAtt Repository.RepositoryUri", "Value: !GetAtt Repository.Uri", "Repository.Value: Repository has no attribute Uri")]
    [InlineData("${Bucket.Arn}/*", "${Bucket.ARN}/*", "Bucket has no attribute ARN")]
    [InlineData("VolumeSize: !Ref VolumeGb", "VolumeSize: 50", "the parameter VolumeGb is not used")]
    [InlineData("    DependsOn: GatewayAttachment", "    DependsOn: Attachment", "SubnetA depends on Attachment, which does not exist")]
    [InlineData("  BatchTemplate:\n    Type: AWS::EC2::LaunchTemplate\n", "  BatchTemplate:\n    Type: AWS::EC2::LaunchTemplate\n    DependsOn: Gateway\n", "BatchTemplate depends on Gateway, which does not always exist")]
    [InlineData("Condition: HasSpot\n", "Condition: HasSpots\n", "there is no condition HasSpots")]
    [InlineData("!If [MakesVpc, !Ref Network, !Ref Vpc]", "!Ref Network", "SecurityGroup.VpcId: Network does not always exist")]
    [InlineData("!GetAZs \"\"", "!Azs \"\"", "there is no function Azs")]
    [InlineData("      Roles: [!Ref MachineRole]", "      Roles: [!Ref MachineTemplate]", "needs itself")]
    public void A_wrong_reference_is_found(string text, string broken, string fault) =>
        ReferenceCheck.Faults(OursWith(text, broken)).ShouldContain(found => found.Contains(fault, StringComparison.Ordinal));

    [Fact]
    public void It_has_the_outputs_that_the_targets_read()
    {
        var read = typeof(StackOutputs).GetProperties().Select(p => p.Name).Except(["StackId", "Account", "Region", "StoreUrl"]);
        Ours.Section("Outputs").Select(output => output.Name).ShouldBe(read, ignoreOrder: true);
    }

    [Fact]
    public void Each_parameter_is_described_and_has_a_default()
    {
        foreach (var (name, node) in Ours.Section("Parameters"))
        {
            Child(node, "Default").ShouldNotBeNull(name);
            Text(Child(node, "Description")).ShouldNotBeNull(name).ShouldEndWith(".", customMessage: name);
        }
    }

    [Fact]
    public void It_can_be_sent_without_a_bucket() => Encoding.UTF8.GetByteCount(Ours.Source).ShouldBeLessThan(LargestBody);
}
