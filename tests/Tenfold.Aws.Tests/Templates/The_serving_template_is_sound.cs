using System.Text;
using Tenfold.Aws.Jobs;
using Tenfold.Aws.Serving;
using Tenfold.Aws.Stacks;
using Tenfold.Aws.Tests.Serving;
using YamlDotNet.RepresentationModel;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

public sealed class The_serving_template_is_sound
{
    private const int LargestBody = 51_200;

    [Fact]
    public void It_fits_AWSs_specification() => TypeCheck.Faults(ForServing).ShouldBeEmpty();

    [Fact]
    public void Everything_that_is_referred_to_exists() => ReferenceCheck.Faults(ForServing).ShouldBeEmpty();

    [Fact]
    public void It_keeps_every_rule_of_safety() => PolicyCheck.Faults(ForServing).ShouldBeEmpty();

    [Fact]
    public void It_can_be_sent_without_a_bucket() => Encoding.UTF8.GetByteCount(ForServing.Source).ShouldBeLessThan(LargestBody);

    [Theory]
    [InlineData("StorageEncrypted: true", "StorageEncrypted: false", "Database: not encrypted")]
    [InlineData("PubliclyAccessible: false", "PubliclyAccessible: true", "Database: has a public address")]
    [InlineData("!Sub \"{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}\"", "hunter2", "Database: its password is in the template")]
    [InlineData("DeletionPolicy: Snapshot", "DeletionPolicy: Delete", "Database: DeletionPolicy keeps no snapshot")]
    [InlineData("      Encrypted: true", "      Encrypted: false", "Files: not encrypted")]
    [InlineData("Sid: OnlyOverTls\n            Effect: Deny", "Sid: OnlyOverTls\n            Effect: Allow", "Files: plain NFS is accepted")]
    [InlineData("Scheme: !If [IsPublic, internet-facing, internal]", "Scheme: internet-facing", "LoadBalancer: public by default")]
    [InlineData("Scheme: !If [IsPublic, internet-facing, internal]", "Scheme: !If [IsPublic, internal, internet-facing]", "LoadBalancer: public by default")]
    [InlineData("drop_invalid_header_fields.enabled, Value: \"true\"", "drop_invalid_header_fields.enabled, Value: \"false\"", "LoadBalancer: passes invalid headers on")]
    [InlineData("HasClients: !Not [!Equals [!Ref ClientsFrom, \"\"]]", "HasClients: !Equals [!Ref ClientsFrom, \"\"]", "ClientsRule: lets somebody in by default")]
    [InlineData("CidrIp: !Ref ClientsFrom", "CidrIp: 0.0.0.0/0", "ClientsRule: lets everybody in")]
    [InlineData("      SourceSecurityGroupId: !Ref GatewayGroup\n      Description: Gateways\n", "      CidrIp: 0.0.0.0/0\n", "VersionRule: lets somebody in by default")]
    [InlineData("TransitEncryption: ENABLED", "TransitEncryption: DISABLED", "GatewayTask: a file system without encryption or permissions")]
    [InlineData("{ Name: AWS_REGION, Value: !Ref AWS::Region }", "{ Name: PGPASSWORD, Value: !Sub \"{{resolve:secretsmanager:${DatabaseSecret}:SecretString:password}}\" }", "GatewayTask: a secret in plain environment")]
    [InlineData("StopTimeout: 60", "StopTimeout: 30", "GatewayTask: no time to drain")]
    [InlineData("Rollback: true", "Rollback: false", "GatewayService: a failed deployment stays")]
    [InlineData("      HealthCheckGracePeriodSeconds: 180\n", "", "GatewayService: a slow start is a crash loop")]
    [InlineData("      RetentionInDays: !Ref LogDays\n", "", "LogGroup: logs stay for ever")]
    [InlineData("Action: ecs:ListTasks", "Action: \"ecs:*\"", "GatewayRole: the action ecs:*")]
    public void A_broken_rule_is_found(string text, string broken, string fault) =>
        PolicyCheck.Faults(ServingWith(text, broken)).ShouldContain(fault);

    // Users' calls of the request log, with what clients have sent, and the record of routes are in the folder too.
    [Fact]
    public void Neither_runs_nor_versions_read_what_gateways_and_users_write_to_each_other()
    {
        const string bucket = "arn:${AWS::Partition}:s3:::${Bucket}/";
        Resources(ForServing, "VersionRole", "Allow", "s3:GetObject").ShouldBe(
            [bucket + "tenfold/serving/files/*", bucket + "tenfold/serving/programs/*"]);
        Resources(ForServing, "VersionRole", "Allow", "s3:PutObject").ShouldBeEmpty();
        Resources(ForServing, "GatewayRole", "Allow", "s3:DeleteObject").ShouldBe([bucket + "tenfold/serving/calls/*"]);
        foreach (var action in new[] { "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject" })
            Resources(Ours, "UseFiles", "Deny", action).ShouldBe(["${Bucket.Arn}/tenfold/serving/*"], action);
    }

    private static List<string?> Resources(Template template, string name, string effect, string action) =>
    [
        .. All(Properties(template.Resource(name)!)).OfType<YamlMappingNode>()
            .Where(statement => Text(Child(statement, "Effect")) == effect
                && Items(Child(statement, "Action")).Select(Text).Contains(action))
            .SelectMany(statement => Items(Child(statement, "Resource"))).Select(Text),
    ];

    [Fact]
    public void A_gateway_runs_the_script_of_this_program()
    {
        var task = Properties(ForServing.Resource("GatewayTask")!);
        var container = Items(Child(task, "ContainerDefinitions")).Single();
        Items(Child(container, "Command")).Select(Text).ShouldHaveSingleItem().ShouldBe(
            StartScript.ForGateway, "write the lines of StartScript.ForGateway into infra/aws-serving.yaml");
    }

    [Fact]
    public void It_has_the_outputs_that_Tenfold_reads()
    {
        ForServing.Section("Outputs").Select(output => output.Name)
            .ShouldBe(typeof(ServingOutputs).GetProperties().Select(property => property.Name), ignoreOrder: true);
        Text(Child(ForServing.Section("Outputs").Single(output => output.Name == "ServingVersion").Node, "Value"))
            .ShouldBe($"{ServingOutputs.TemplateVersion}");
    }

    [Fact]
    public void Each_parameter_is_described_has_a_default_and_is_a_setting()
    {
        var settings = new ServingSettings { Base = ServingStack.Base, BaseName = "tenfold" }.Given("eu-west-1");
        ForServing.Section("Parameters").Select(parameter => parameter.Name).ShouldBe(settings.Keys, ignoreOrder: true);
        foreach (var (name, node) in ForServing.Section("Parameters"))
        {
            Child(node, "Default").ShouldNotBeNull(name);
            Text(Child(node, "Description")).ShouldNotBeNull(name).ShouldEndWith(".", customMessage: name);
        }
    }
}
