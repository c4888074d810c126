using YamlDotNet.RepresentationModel;
using static Tenfold.Aws.Tests.Templates.Template;

namespace Tenfold.Aws.Tests.Templates;

/// <summary>
/// Holds a template to the rules of safety that Tenfold promises: who may do what, what is encrypted, kept, tagged, and idle.
/// </summary>
internal sealed class PolicyCheck
{
    private readonly Template _template;
    private readonly Defaults _defaults;
    private readonly List<string> _faults = [];

    private PolicyCheck(Template template) => (_template, _defaults) = (template, new Defaults(template));

    public static IReadOnlyList<string> Faults(Template template)
    {
        var check = new PolicyCheck(template);
        check.CheckPermissions();
        check.CheckNetwork();
        check.CheckStorage();
        check.CheckMachines();
        check.CheckServing();
        check.CheckTags();
        return check._faults;
    }

    private void CheckPermissions()
    {
        foreach (var (name, node) in _template.Section("Resources"))
        {
            if (Type(node) is "AWS::IAM::User" or "AWS::IAM::AccessKey") _faults.Add($"{name}: long-lived keys");
            if (Type(node) == "AWS::IAM::Role" && Child(Properties(node), "PermissionsBoundary") is null)
                _faults.Add($"{name}: no permissions boundary");
            foreach (var statement in All(Properties(node)).OfType<YamlMappingNode>().Where(map => Child(map, "Effect") is not null))
                if (Text(Child(statement, "Effect")) == "Allow") CheckStatement(name, statement);
        }
    }

    private void CheckStatement(string name, YamlMappingNode statement)
    {
        if (Child(statement, "Principal") is { } principal && All(principal).Any(node => Text(node) == "*"))
            _faults.Add($"{name}: anybody is allowed");
        foreach (var action in Items(Child(statement, "Action")).Select(Text))
            if (action is null || action == "*" || action.EndsWith(":*", StringComparison.Ordinal))
                _faults.Add($"{name}: the action {action}");
        foreach (var member in (string[])["NotAction", "NotPrincipal", "NotResource"])
            if (Child(statement, member) is not null) _faults.Add($"{name}: {member} allows what nobody has listed");
        foreach (var resource in Items(Child(statement, "Resource")))
            if (Text(resource) == "*" && !_template.IsExplained(resource)) _faults.Add($"{name}: a wildcard without a comment");
    }

    private void CheckNetwork()
    {
        foreach (var (name, node) in _template.OfType("AWS::EC2::SecurityGroup"))
            if (Child(Properties(node), "SecurityGroupIngress") is not null) _faults.Add($"{name}: lets somebody in");
        foreach (var (name, node) in _template.OfType("AWS::EC2::SecurityGroupIngress"))
        {
            // A rule for another group of this template lets in nobody from outside.
            if (Child(Properties(node), "SourceSecurityGroupId") is { } source && Function(source) == "Ref"
                && _template.Resource(Text(source)!) is not null) continue;
            if (_defaults.Exists(node)) _faults.Add($"{name}: lets somebody in by default");
            foreach (var key in (string[])["CidrIp", "CidrIpv6"])
                if (Text(Child(Properties(node), key)) is "0.0.0.0/0" or "::/0") _faults.Add($"{name}: lets everybody in");
        }
    }

    private void CheckStorage()
    {
        foreach (var (name, node) in _template.OfType("AWS::S3::Bucket"))
        {
            var properties = Properties(node);
            if (Child(properties, "BucketEncryption") is null) _faults.Add($"{name}: not encrypted");
            if (Text(Child(properties, "VersioningConfiguration", "Status")) != "Enabled") _faults.Add($"{name}: no versions");
            foreach (var block in (string[])["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"])
                if (Text(Child(properties, "PublicAccessBlockConfiguration", block)) != "true") _faults.Add($"{name}: {block} is off");
            if (!_template.OfType("AWS::S3::BucketPolicy").Any(policy => RefusesPlainHttp(policy.Node, name)))
                _faults.Add($"{name}: plain HTTP is accepted");
            CheckRetained(name, node);
        }
        foreach (var (name, node) in _template.OfType("AWS::ECR::Repository"))
        {
            if (Child(Properties(node), "EncryptionConfiguration") is null) _faults.Add($"{name}: not encrypted");
            if (Child(Properties(node), "LifecyclePolicy") is null) _faults.Add($"{name}: images stay for ever");
            CheckRetained(name, node);
        }
        foreach (var (name, node) in _template.OfType("AWS::Logs::LogGroup"))
            if (Child(Properties(node), "RetentionInDays") is null) _faults.Add($"{name}: logs stay for ever");
    }

    private static bool RefusesPlainHttp(YamlMappingNode policy, string bucket) =>
        Text(Child(Properties(policy), "Bucket")) == bucket
        && Items(Child(Properties(policy), "PolicyDocument", "Statement")).Any(statement =>
            Text(Child(statement, "Effect")) == "Deny" && Text(Child(statement, "Principal")) == "*"
            && Text(Child(statement, "Action")) == "s3:*" && Items(Child(statement, "Resource")).Count() == 2
            && Text(Child(statement, "Condition", "Bool", "aws:SecureTransport")) == "false");

    private void CheckRetained(string name, YamlMappingNode node)
    {
        foreach (var policy in (string[])["DeletionPolicy", "UpdateReplacePolicy"])
            if (Text(Child(node, policy)) != "Retain") _faults.Add($"{name}: {policy} doesn't retain it");
    }

    private void CheckMachines()
    {
        foreach (var (name, node) in _template.OfType("AWS::EC2::LaunchTemplate"))
        {
            var data = Child(Properties(node), "LaunchTemplateData");
            if (Text(Child(data, "MetadataOptions", "HttpTokens")) != "required") _faults.Add($"{name}: version 1 of the metadata service");
            var disks = Items(Child(data, "BlockDeviceMappings")).Select(disk => Child(disk, "Ebs")).ToList();
            if (disks.Any(disk => Text(Child(disk, "Encrypted")) != "true")) _faults.Add($"{name}: not encrypted");
            if (disks.Any(disk => Text(Child(disk, "DeleteOnTermination")) != "true")) _faults.Add($"{name}: the disk stays");
            foreach (var type in (string[])["instance", "volume"])
                if (!HasSpecification(Child(data, "TagSpecifications"), type)) _faults.Add($"{name}: no tag on its {type}");
            if (!HasSpecification(Child(Properties(node), "TagSpecifications"), "launch-template")) _faults.Add($"{name}: no tag");
        }
        foreach (var (name, node) in _template.OfType("AWS::Batch::ComputeEnvironment"))
        {
            var resources = Child(Properties(node), "ComputeResources");
            if (Text(Child(resources, "MinvCpus")) != "0") _faults.Add($"{name}: machines run while idle");
            if (!HasDisk(Text(Child(resources, "LaunchTemplate", "LaunchTemplateId")))) _faults.Add($"{name}: an unencrypted disk");
            if (!HasTag(Child(resources, "Tags"))) _faults.Add($"{name}: no tag on its machines");
        }
        foreach (var (name, node) in _template.OfType("AWS::Batch::JobQueue"))
            if (!Items(Child(Properties(node), "JobStateTimeLimitActions")).Any()) _faults.Add($"{name}: jobs wait for ever");
        foreach (var (name, node) in _template.Section("Resources"))
            if (Type(node) is "AWS::EC2::NatGateway" or "AWS::EC2::EIP" or "AWS::EC2::Instance") _faults.Add($"{name}: costs while idle");
    }

    private void CheckServing()
    {
        foreach (var (name, node) in _template.OfType("AWS::RDS::DBInstance"))
        {
            var properties = Properties(node);
            if (Text(Child(properties, "StorageEncrypted")) != "true") _faults.Add($"{name}: not encrypted");
            if (Text(Child(properties, "PubliclyAccessible")) != "false") _faults.Add($"{name}: has a public address");
            if (Text(Child(properties, "MasterUserPassword"))?.StartsWith("{{resolve:secretsmanager:", StringComparison.Ordinal) != true)
                _faults.Add($"{name}: its password is in the template");
            foreach (var policy in (string[])["DeletionPolicy", "UpdateReplacePolicy"])
                if (Text(Child(node, policy)) != "Snapshot") _faults.Add($"{name}: {policy} keeps no snapshot");
        }
        foreach (var (name, node) in _template.OfType("AWS::EFS::FileSystem"))
        {
            if (Text(Child(Properties(node), "Encrypted")) != "true") _faults.Add($"{name}: not encrypted");
            if (!Items(Child(Properties(node), "FileSystemPolicy", "Statement")).Any(statement =>
                Text(Child(statement, "Effect")) == "Deny"
                && Text(Child(statement, "Condition", "Bool", "aws:SecureTransport")) == "false"))
                _faults.Add($"{name}: plain NFS is accepted");
        }
        foreach (var (name, node) in _template.OfType("AWS::ElasticLoadBalancingV2::LoadBalancer"))
        {
            if (Child(Properties(node), "Scheme") is not YamlSequenceNode scheme || Function(scheme) != "If"
                || _defaults.IsTrue(_template.Conditions[Text(scheme[0])!]) || Text(scheme[2]) != "internal")
                _faults.Add($"{name}: public by default");
            if (!Items(Child(Properties(node), "LoadBalancerAttributes")).Any(attribute =>
                Text(Child(attribute, "Key")) == "routing.http.drop_invalid_header_fields.enabled"
                && Text(Child(attribute, "Value")) == "true"))
                _faults.Add($"{name}: passes invalid headers on");
        }
        foreach (var (name, node) in _template.OfType("AWS::ECS::TaskDefinition")) CheckTask(name, Properties(node));
        foreach (var (name, node) in _template.OfType("AWS::ECS::Service"))
        {
            if (Text(Child(Properties(node), "DeploymentConfiguration", "DeploymentCircuitBreaker", "Rollback")) != "true")
                _faults.Add($"{name}: a failed deployment stays");
            if (Child(Properties(node), "LoadBalancers") is not null && Child(Properties(node), "HealthCheckGracePeriodSeconds") is null)
                _faults.Add($"{name}: a slow start is a crash loop");
        }
    }

    private void CheckTask(string name, YamlMappingNode task)
    {
        foreach (var volume in Items(Child(task, "Volumes")))
            if (Text(Child(volume, "EFSVolumeConfiguration", "TransitEncryption")) != "ENABLED"
                || Text(Child(volume, "EFSVolumeConfiguration", "AuthorizationConfig", "IAM")) != "ENABLED")
                _faults.Add($"{name}: a file system without encryption or permissions");
        foreach (var container in Items(Child(task, "ContainerDefinitions")))
        {
            foreach (var variable in Items(Child(container, "Environment")))
                if (Child(variable, "Value") is { } value
                    && All(value).Any(node => Text(node)?.Contains("Secret", StringComparison.Ordinal) == true))
                    _faults.Add($"{name}: a secret in plain environment");
            if (Text(Child(container, "LogConfiguration", "LogDriver")) != "awslogs") _faults.Add($"{name}: no log");
            if (!int.TryParse(Text(Child(container, "StopTimeout")), out var stop) || stop < 35) _faults.Add($"{name}: no time to drain");
        }
    }

    // Without a disk of the template's, Batch takes that of the machine image. The target ec2 names a disk in each request.
    private bool HasDisk(string? launchTemplate) => launchTemplate is not null && _template.Resource(launchTemplate) is { } template
        && Child(Properties(template), "LaunchTemplateData", "BlockDeviceMappings") is not null;

    private static bool HasSpecification(YamlNode? specifications, string type) => Items(specifications).Any(specification =>
        Text(Child(specification, "ResourceType")) == type && HasTag(Child(specification, "Tags")));

    private void CheckTags()
    {
        foreach (var (name, node) in _template.Section("Resources"))
            if (ResourceSpecification.Current.TagProperty(Type(node) ?? "") is { } property && !HasTag(Child(Properties(node), property)))
                _faults.Add($"{name}: no tag");
    }

    private static bool HasTag(YamlNode? tags) => tags switch
    {
        YamlMappingNode map => IsStack(Child(map, "tenfold:stack")),
        YamlSequenceNode list => list.Any(tag => Text(Child(tag, "Key")) == "tenfold:stack" && IsStack(Child(tag, "Value"))),
        _ => false,
    };

    private static bool IsStack(YamlNode? value) => value is not null && Function(value) == "Ref" && Text(value) == "AWS::StackName";
}
