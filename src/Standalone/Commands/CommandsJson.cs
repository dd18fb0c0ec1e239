using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Coinsphere.Messaging.Standalone.Commands.Doctor;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Source-generated JSON of what commands print themselves.</summary>
[JsonSerializable(typeof(SettingsReport))]
[JsonSerializable(typeof(Diagnosis))]
internal sealed partial class CommandsJson : JsonSerializerContext
{
    public static CommandsJson Readable { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
