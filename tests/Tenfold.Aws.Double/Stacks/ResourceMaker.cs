using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tenfold.Aws.Double.Batch;
using Tenfold.Aws.Double.Ec2;
using Tenfold.Aws.Double.Ecr;
using Tenfold.Aws.Double.Ecs;
using Tenfold.Aws.Double.Iam;
using Tenfold.Aws.Double.Logs;
using Tenfold.Aws.Double.Wire;

namespace Tenfold.Aws.Double.Stacks;

/// <summary>Makes and deletes the resources of stacks in the other services of the double.</summary>
internal sealed class ResourceMaker(
    Account account, BatchService batch, Ec2Service ec2, LogsService logs, IamService iam, EcrService ecr, EcsService ecs,
    BucketMaker buckets)
{
    /// <summary>Makes a resource: sets its id and attributes.</summary>
    public void Make(StackRecord stack, StackResource resource)
    {
        var properties = resource.Properties;
        var name = NameOf(stack, resource);
        resource.PhysicalId = name;
        resource.Attributes = [];
        switch (resource.Type)
        {
            case "AWS::S3::Bucket":
                buckets.Make(name);
                resource.Attributes["Arn"] = $"arn:aws:s3:::{name}";
                break;
            case "AWS::ECR::Repository":
                ecr.Add(name, properties.Text("ImageTagMutability") == "IMMUTABLE", Tags(properties));
                resource.Attributes["Arn"] = account.Arn("ecr", $"repository/{name}");
                resource.Attributes["RepositoryUri"] = $"{ecr.Registry}/{name}";
                break;
            case "AWS::Logs::LogGroup":
                logs.AddGroup(name, Tags(properties), properties.Number("RetentionInDays"));
                resource.Attributes["Arn"] = account.Arn("logs", $"log-group:{name}:*");
                break;
            case "AWS::IAM::Role":
                iam.AddRole(name, properties["AssumeRolePolicyDocument"]);
                resource.Attributes["Arn"] = account.RoleArn(name);
                break;
            case "AWS::IAM::InstanceProfile":
                lock (ec2.State.Gate) ec2.State.Profiles[name] = properties.Texts("Roles") is [var role, ..] ? role : name;
                resource.Attributes["Arn"] = $"arn:aws:iam::{account.Id}:instance-profile/{name}";
                break;
            case "AWS::IAM::ManagedPolicy":
                resource.PhysicalId = $"arn:aws:iam::{account.Id}:policy/{name}";
                break;
            case "AWS::EC2::Subnet":
                resource.PhysicalId = Account.NewId("subnet");
                var subnet = new Ec2Subnet(resource.PhysicalId, properties.Text("AvailabilityZone")!,
                    properties.Text("VpcId")!)
                { Tags = Tags(properties) };
                lock (ec2.State.Gate) ec2.State.Subnets.Add(subnet);
                break;
            case "AWS::EC2::LaunchTemplate":
                MakeTemplate(resource, name);
                break;
            case "AWS::Batch::ComputeEnvironment":
                resource.PhysicalId = batch.MakeEnvironment(name, properties);
                resource.Attributes["ComputeEnvironmentArn"] = resource.PhysicalId;
                break;
            case "AWS::Batch::JobQueue":
                resource.PhysicalId = batch.MakeQueue(name, properties);
                resource.Attributes["JobQueueArn"] = resource.PhysicalId;
                break;
            case "AWS::EC2::VPC" or "AWS::EC2::SecurityGroup" or "AWS::EC2::InternetGateway" or "AWS::EC2::RouteTable":
                resource.PhysicalId = Account.NewId(Prefix(resource.Type));
                resource.Attributes["GroupId"] = resource.PhysicalId;
                lock (ec2.State.Gate) ec2.State.OtherTags[resource.PhysicalId] = Tags(properties);
                break;
            case "AWS::ECS::Cluster":
                resource.Attributes["Arn"] = ecs.MakeCluster(name);
                break;
            case "AWS::ECS::TaskDefinition":
                resource.PhysicalId = ecs.MakeDefinition(properties).Text("taskDefinitionArn")!;
                break;
            case "AWS::ECS::Service":
                resource.PhysicalId = ecs.MakeService(properties);
                resource.Attributes["Name"] = properties.Text("ServiceName")!;
                break;
            case "AWS::ElasticLoadBalancingV2::LoadBalancer":
                resource.PhysicalId = account.Arn("elasticloadbalancing", $"loadbalancer/app/{name}/50dc6c495c0c9188");
                resource.Attributes["DNSName"] = $"internal-{name}-1234567890.{account.Region}.elb.amazonaws.com";
                break;
            case "AWS::ElasticLoadBalancingV2::TargetGroup":
                resource.PhysicalId = account.Arn("elasticloadbalancing", $"targetgroup/{name}/73e2d6bc24d8a067");
                break;
            case "AWS::ElasticLoadBalancingV2::Listener":
                resource.PhysicalId = account.Arn("elasticloadbalancing", $"listener/app/{name}/50dc6c495c0c9188/f2f7dc8efc522ab2");
                break;
            case "AWS::SecretsManager::Secret":
                resource.PhysicalId = account.Arn("secretsmanager", $"secret:{name}-AbCdEf");
                break;
            case "AWS::RDS::DBInstance":
                resource.PhysicalId = name.ToLowerInvariant();
                resource.Attributes["Endpoint.Address"] = $"{resource.PhysicalId}.c1.{account.Region}.rds.amazonaws.com";
                resource.Attributes["Endpoint.Port"] = "5432";
                break;
            case "AWS::EFS::FileSystem":
                resource.PhysicalId = Account.NewId("fs");
                resource.Attributes["Arn"] = account.Arn("elasticfilesystem", $"file-system/{resource.PhysicalId}");
                break;
            case "AWS::EFS::AccessPoint":
                resource.PhysicalId = Account.NewId("fsap");
                resource.Attributes["Arn"] = account.Arn("elasticfilesystem", $"access-point/{resource.PhysicalId}");
                break;
            case "AWS::ECR::PullThroughCacheRule":
                resource.PhysicalId = properties.Text("EcrRepositoryPrefix")!;
                break;
        }
    }

    /// <summary>Changes a resource in place.</summary>
    public void Change(StackResource resource)
    {
        if (resource.Type == "AWS::Batch::ComputeEnvironment") batch.ChangeEnvironment(resource.PhysicalId, resource.Properties);
        if (resource.Type == "AWS::ECS::Service") ecs.ChangeService(resource.PhysicalId, resource.Properties);
        if (resource.Type == "AWS::Batch::JobQueue") batch.ChangeQueue(resource.PhysicalId, resource.Properties);
        if (resource.Type == "AWS::EC2::LaunchTemplate")
        {
            lock (ec2.State.Gate)
            {
                ec2.State.Templates.CreateVersion(TemplateInput(resource, resource.PhysicalId));
                var latest = int.Parse(resource.Attributes["LatestVersionNumber"]) + 1;
                resource.Attributes["LatestVersionNumber"] = resource.Attributes["DefaultVersionNumber"] = $"{latest}";
                ec2.State.Templates.Modify(new JsonObject { ["LaunchTemplateId"] = resource.PhysicalId, ["DefaultVersion"] = $"{latest}" });
            }
        }
    }

    /// <summary>Deletes a resource.</summary>
    /// <exception cref="AwsErrorException">It can't be deleted.</exception>
    public void Delete(StackResource resource)
    {
        var id = resource.PhysicalId;
        switch (resource.Type)
        {
            case "AWS::S3::Bucket":
                buckets.Delete(id);
                break;
            case "AWS::ECR::Repository":
                ecr.Remove(id, resource.Properties.Flag("EmptyOnDelete"));
                break;
            case "AWS::Logs::LogGroup":
                logs.RemoveGroup(id);
                break;
            case "AWS::IAM::Role":
                iam.RemoveRole(id);
                break;
            case "AWS::ECS::Cluster":
                ecs.DeleteCluster(id);
                break;
            case "AWS::ECS::Service":
                ecs.DeleteService(id);
                break;
            case "AWS::EC2::Subnet":
                lock (ec2.State.Gate)
                {
                    if (ec2.State.Instances.Exists(instance => instance.IsAlive && instance.Subnet.Id == id))
                        throw new AwsErrorException(400, "DependencyViolation",
                            $"The subnet '{id}' has dependencies and cannot be deleted.");
                    ec2.State.Subnets.RemoveAll(subnet => subnet.Id == id);
                }
                break;
            case "AWS::EC2::LaunchTemplate":
                lock (ec2.State.Gate) ec2.State.Templates.Delete(new JsonObject { ["LaunchTemplateId"] = id });
                break;
            case "AWS::Batch::ComputeEnvironment":
                batch.DeleteEnvironment(id);
                break;
            case "AWS::Batch::JobQueue":
                batch.DeleteQueue(id);
                break;
        }
    }

    private void MakeTemplate(StackResource resource, string name)
    {
        lock (ec2.State.Gate)
        {
            var input = TemplateInput(resource, null);
            input["LaunchTemplateName"] = resource.Properties.Text("LaunchTemplateName") ?? name;
            resource.PhysicalId = ec2.State.Templates.Create(input)["LaunchTemplate"].Text("LaunchTemplateId")!;
        }
        resource.Attributes["LatestVersionNumber"] = resource.Attributes["DefaultVersionNumber"] = "1";
    }

    private static JsonObject TemplateInput(StackResource resource, string? id) => new()
    {
        ["LaunchTemplateId"] = id,
        ["LaunchTemplateData"] = resource.Properties["LaunchTemplateData"]!.DeepClone(),
        ["TagSpecifications"] = resource.Properties["TagSpecifications"]?.DeepClone(),
    };

    private static string NameOf(StackRecord stack, StackResource resource)
    {
        foreach (var property in (string[])["BucketName", "RepositoryName", "LogGroupName", "RoleName", "InstanceProfileName",
            "ManagedPolicyName",
            "ComputeEnvironmentName", "JobQueueName", "ClusterName"])
            if (resource.Properties.Text(property) is { } given) return given;
        var name = $"{stack.Name}-{resource.LogicalId}-{RandomNumberGenerator.GetHexString(12)}";
        return resource.Type is "AWS::S3::Bucket" or "AWS::ECR::Repository" ? name.ToLowerInvariant() : name;
    }

    private static string Prefix(string type) => type switch
    {
        "AWS::EC2::VPC" => "vpc",
        "AWS::EC2::SecurityGroup" => "sg",
        "AWS::EC2::InternetGateway" => "igw",
        _ => "rtb",
    };

    private static Dictionary<string, string> Tags(JsonObject properties) => properties["Tags"] is JsonArray
        ? properties.Items("Tags").ToDictionary(tag => tag.Text("Key")!, tag => tag.Text("Value") ?? "") : properties.Map("Tags");
}
