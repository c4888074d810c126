using System.Text.Json;
using Tenfold.Core.Input;
using Tenfold.Core.Targets;
using Tenfold.Numerics.Tuning.Spaces;
using Tenfold.Projects.Shapes;
using Tenfold.Projects.Yaml;

namespace Tenfold.Projects.Keys;

/// <summary>The shape of a target. Its <c>kind</c> determines the other keys.</summary>
internal sealed class TargetShape : Shape<TargetSettings>
{
    private static readonly Shape<ParameterValue> Text = new MappedShape<string, ParameterValue>(
        Scalars.Text("text"), text => new TextValue(text));

    private static readonly Shape<ParameterValue> Flag = new MappedShape<object, ParameterValue>(
        Scalars.Flag, value => new BooleanValue((bool)value));

    private static readonly Shape<ParameterValue> Duration = new MappedShape<object, ParameterValue>(
        Units.Duration, value => new IntegerValue((long)((TimeSpan)value).TotalSeconds));

    private static readonly Shape<ParameterValue> TextList = new MappedShape<IReadOnlyList<string>, ParameterValue>(
        new ListShape<string>("a list of texts", Scalars.Text("text")),
        texts => new ListValue([.. texts.Select(text => new TextValue(text))]));

    private readonly OrderedDictionary<string, ObjectShape<TargetSettings>> _kinds = [];

    private static readonly Shape<ParameterValue> TextListOrFile =
        new OneOfShape<ParameterValue>("a list of texts, or the name of a file", Text, TextList);

    /// <summary>Creates the shape from the declarations of the kinds.</summary>
    public TargetShape(IEnumerable<TargetKindDeclaration> kinds)
    {
        foreach (var (word, declared) in kinds)
        {
            var only = Scalars.Choice(new Choice(word, word));
            Field kind = new Field<object>("kind", only, "Which kind of target this is.", word) { Required = true };
            IReadOnlyList<Field<ParameterValue>> options = [.. declared.Select(Option)];
            _kinds[word] = new ObjectShape<TargetSettings>(
                $"a target of kind {word}", [kind, .. options], values => Make(word, values, options));
        }
    }

    public override string Words => "{ kind: …, and its options }";

    public override IEnumerable<(string Suffix, Shape Shape)> Parts =>
        _kinds.Select(kind => ($" (kind: {kind.Key})", (Shape)kind.Value));

    public override TargetSettings? Read(Node node, string name, FaultList faults)
    {
        if (node is not MapNode map)
            faults.Add(node.Mark, $"{name} must be {Words}, not {node.Shown}");
        else if (map.Find("kind") is not { } kind)
            faults.Add(map.Mark, $"'kind' is missing in {name}: add kind: with one of {Known()}",
                map.Entries.Select(entry => Nearest.To(entry.Key.Text, ["kind"])).FirstOrDefault(near => near is not null));
        else if (kind is ScalarNode word && _kinds.TryGetValue(word.Text, out var known))
            return known.Read(node, name, faults);
        else
            faults.Add(kind.Mark, $"kind must be one of {Known()}, not {kind.Shown}",
                kind is ScalarNode text ? Nearest.To(text.Text, _kinds.Keys) : null);
        return null;
    }

    public override void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartArray("oneOf");
        foreach (var shape in _kinds.Values) SchemaWriter.Value(json, shape);
        json.WriteEndArray();
    }

    private static Field<ParameterValue> Option(TargetOption option)
    {
        var shape = option switch
        {
            TextOption => Text,
            WholeNumberOption whole => new MappedShape<object, ParameterValue>(
                Scalars.Whole(whole.Min, whole.Max), value => new IntegerValue((int)value)),
            FlagOption => Flag,
            DurationOption => Duration,
            TextListOption { KeyInFile: not null } => TextListOrFile,
            TextListOption => TextList,
            _ => throw new ArgumentException($"the option '{option.Key}' has a type that tenfold.yaml doesn't know", nameof(option)),
        };
        return new Field<ParameterValue>(option.Key, shape, option.Meaning, option.Example) { DefaultWords = option.Default };
    }

    private static TargetSettings Make(string kind, FieldValues values, IReadOnlyList<Field<ParameterValue>> options)
    {
        var written = new OrderedDictionary<string, ParameterValue>(StringComparer.Ordinal);
        foreach (var option in options)
        {
            if (values.Get(option) is { } value) written[option.Key] = value;
        }

        return new TargetSettings(kind, written);
    }

    private string Known() => string.Join(", ", _kinds.Keys);
}
