// A model's first run, started by FirstRun: "try NAME SECONDS MEGABYTES", with the file's content as input. The exit code is 0, or 3 with a line that
// says why the model is refused.
using System.Globalization;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Onnx;

if (args is not ["try", var name, var seconds, var megabytes])
{
    await Console.Error.WriteLineAsync("This program tries models for the service, which starts it itself.");
    return 1;
}

ProcessLimits.Set(int.Parse(seconds, CultureInfo.InvariantCulture), int.Parse(megabytes, CultureInfo.InvariantCulture));
using var content = new MemoryStream();
await Console.OpenStandardInput().CopyToAsync(content);
try
{
    var model = OnnxModel.Read(content.ToArray(), name);
    OnnxChecks.Run(new OnnxNetwork(model), model);
    return 0;
}
catch (Exception fault) when (fault is CheckpointException or OnnxRuntimeMissingException)
{
    await Console.Out.WriteLineAsync(fault.Message.StartsWith(name + ": ", StringComparison.Ordinal) ? fault.Message[(name.Length + 2)..] : fault.Message);
    return FirstRun.Refused;
}
