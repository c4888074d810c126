using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tenfold.Aws.Wire;

/// <summary>Times as milliseconds since 1970 (Batch, CloudWatch Logs).</summary>
internal sealed class EpochMilliseconds : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Epoch.At(reader.GetDouble());

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds());
}

/// <summary>Times as seconds since 1970, with a fraction (SageMaker, ECR).</summary>
internal sealed class EpochSeconds : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Epoch.At(reader.GetDouble() * 1000);

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.ToUnixTimeMilliseconds() / 1000m);
}

file static class Epoch
{
    public static DateTimeOffset At(double milliseconds) =>
        Math.Abs(milliseconds) < 2.5e14
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Round(milliseconds))
            : throw new JsonException("a time is out of range");
}
