using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning;

namespace Tenfold.Projects.Shapes;

/// <summary>The options of each kind of target. What they mean in full is the adapters' matter.</summary>
internal static class TargetOptions
{
    private static readonly Shape<ParameterValue> TextList = new MappedShape<IReadOnlyList<string>, ParameterValue>(
        new ListShape<string>("a list of texts", Scalars.Text("text")), texts =>
            new ListValue([.. texts.Select(text => new TextValue(text))]));

    private static readonly Field<ParameterValue> Region = Text("region", "The region.", "eu-west-1", "as for AWS's own tools");

    private static readonly Field<ParameterValue> Profile = Text("profile",
        "A named profile of the AWS configuration.", "research", "as for AWS's own tools");

    private static readonly Field<ParameterValue> Stack = Text("stack", "The stack that `tenfold infra` made.", "tenfold", "`tenfold`");

    private static readonly Field<ParameterValue> Image = Text("image",
        "The image to run in.", "python:3.12-slim", "by `train.environment`");

    private static readonly Field<ParameterValue> InstanceType = Text("instance_type",
        "The kind of machine.", "g5.xlarge", "the smallest that `resources` fit");

    public static IReadOnlyList<KindOptions> All { get; } =
    [
        new("local", TargetKind.Local, [Whole("parallel", 1, 10_000, "How many runs at once.", "2", "what cores and `resources` allow")]),
        new("slurm", TargetKind.Slurm,
        [
            Text("partition", "The partition.", "gpu", "the cluster's"),
            Text("account", "The account that is charged.", "ml-group", "the user's"),
            Text("qos", "The quality of service.", "normal", "the cluster's"),
            Text("constraint", "Features that nodes must have.", "a100", "none"),
            Text("folder",
                "A folder that all nodes share, for the agent and for what Slurm itself prints of each job.", "/shared/me/tenfold",
                "the store's; `~/.tenfold` with `s3://`"),
            Text("scratch", "A folder on each node's own disk, for working folders and caches.", "/local/me", "`$TMPDIR`, else `/tmp`"),
            Text("setup", "Lines of bash that set up each job on its node before the run: modules, licences.", "module load cuda/12.4", "none"),
            Text("rest", "The address of slurmrestd, to be used instead of the commands; its token is taken from `SLURM_JWT`.", "http://head:6820", "none: the commands"),
            Whole("max_queued", 1, 1_000_000, "How many jobs may wait in the queue at once.", "500", "the cluster's limit"),
            Texts("arguments", "Further arguments for sbatch.", "[ \"--exclusive\" ]"),
        ]),
        new("batch", TargetKind.Batch, [Region, Profile, Stack, Text("queue", "The job queue.", "tenfold-spot", "the stack's"), Image]),
        new("sagemaker", TargetKind.SageMaker,
            [Region, Profile, Stack, Text("role", "The execution role.", "arn:aws:iam::123456789012:role/training", "the stack's"),
                InstanceType, Image]),
        new("ec2", TargetKind.Ec2,
            [Region, Profile, Stack, InstanceType, Text("zone", "The availability zone.", "eu-west-1a", "any with capacity"), Image]),
        new("kaggle", TargetKind.Kaggle,
        [
            Text("username", "The Kaggle user.", "me", "as for Kaggle's own tool"),
            Flag("private", "Whether kernels are private.", "true", "`true`"),
            Flag("internet", "Whether a kernel may use the network.", "false", "`false`"),
            Texts("datasets", "Data sets to attach.", "[ zillow/zecon ]"),
            Texts("competitions", "Competitions to attach.", "[ digit-recognizer ]"),
        ]),
        new("vertex", TargetKind.Vertex,
        [
            Text("project", "The Google Cloud project.", "my-project", "as for Google's own tools"),
            Text("region", "The region.", "europe-west4", "as for Google's own tools"),
            Text("bucket", "A bucket for what runs read and write.", "gs://my-bucket/tenfold", "none"),
            Text("machine_type", "The kind of machine.", "n1-standard-8", "the smallest that `resources` fit"),
            Text("service_account", "The account that runs act as.", "trainer@my-project.iam.gserviceaccount.com", "the project's"),
            Image,
        ]),
    ];

    private static Field<ParameterValue> Text(string key, string meaning, string example, string absent) =>
        new(key, new MappedShape<string, ParameterValue>(Scalars.Text("text"), text => new TextValue(text)), meaning,
            example)
        { DefaultWords = absent };

    private static Field<ParameterValue> Whole(string key, int least, int most, string meaning, string example, string absent) =>
        new(key, new MappedShape<object, ParameterValue>(Scalars.Whole(least, most), value => new IntegerValue((int)value)), meaning,
            example)
        { DefaultWords = absent };

    private static Field<ParameterValue> Flag(string key, string meaning, string example, string absent) =>
        new(key, new MappedShape<object, ParameterValue>(Scalars.Flag, value => new BooleanValue((bool)value)), meaning,
            example)
        { DefaultWords = absent };

    private static Field<ParameterValue> Texts(string key, string meaning, string example) =>
        new(key, TextList, meaning, example);
}

/// <summary>What a kind of target can be told.</summary>
internal sealed record KindOptions(string Word, TargetKind Kind, IReadOnlyList<Field<ParameterValue>> Options);
