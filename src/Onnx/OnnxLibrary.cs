using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace Coinsphere.Messaging.Onnx;

/// <summary>ONNX Runtime's native library, loaded with the first model.</summary>
internal static class OnnxLibrary
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>Its version, as in <c>1.31.1</c>.</summary>
    /// <exception cref="OnnxRuntimeMissingException">It cannot be loaded.</exception>
    public static string Version => Loaded.Value;

    private static string Load()
    {
        try
        {
            // No usage data is sent. What is wrong with a model is in its refusal.
            var options = new EnvironmentCreationOptions { logId = "coinsphere", logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
            var environment = OrtEnv.CreateInstanceWithOptions(ref options);
            environment.DisableTelemetryEvents();
            return environment.GetVersionString();
        }
        catch (Exception fault) when (fault is DllNotFoundException or TypeInitializationException or BadImageFormatException or EntryPointNotFoundException)
        {
            var why = (fault.InnerException ?? fault).Message.ReplaceLineEndings(" ");
            throw new OnnxRuntimeMissingException(
                $"the native library of ONNX Runtime cannot be loaded on {RuntimeInformation.RuntimeIdentifier}: {why}",
                fault);
        }
    }
}

/// <summary>The native library cannot be loaded. That is no fault of a model.</summary>
internal sealed class OnnxRuntimeMissingException(string message, Exception cause) : Exception(message, cause);
