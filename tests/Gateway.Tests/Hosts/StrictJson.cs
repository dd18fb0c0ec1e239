using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Gateway.Problems;

namespace Coinsphere.Messaging.Gateway.Tests.Hosts;

/// <summary>Reads JSON that has every field of its contract and no other.</summary>
internal static class StrictJson
{
    public static JsonSerializerOptions Options { get; } = new()
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    public static JsonTypeInfo<ProblemBody> Problem { get; } = (JsonTypeInfo<ProblemBody>)Options.GetTypeInfo(typeof(ProblemBody));
}
