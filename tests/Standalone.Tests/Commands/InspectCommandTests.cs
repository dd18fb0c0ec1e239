using System.CommandLine;
using Coinsphere.Messaging.Standalone.Commands;

namespace Coinsphere.Messaging.Standalone.Tests.Commands;

/// <summary>What <c>inspect</c> says of checkpoints that PyTorch wrote.</summary>
public sealed class InspectCommandTests
{
    [Fact]
    public async Task BareStateDictOfAWrapper_NamesItsPrefixAndItsDefaults()
    {
        var (status, output, _) = await InspectAsync("averaged");

        Assert.Equal(0, status);
        Assert.Contains("  weights          the file itself, a bare state dict, names without 'module.'\n", output, StringComparison.Ordinal);
        Assert.Contains("  sequence length  90, default\n", output, StringComparison.Ordinal);
        Assert.Contains("  version          v1.0.0, default\n", output, StringComparison.Ordinal);
        Assert.Contains("  not used         n_averaged\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PartsThatNothingReads_AreListed()
    {
        var (status, output, _) = await InspectAsync("unread");

        Assert.Equal(0, status);
        Assert.Contains("  weights          model_state_dict\n", output, StringComparison.Ordinal);
        Assert.Contains(
            "  not used         optimizer_state_dict, scheduler_state_dict, args (an object of 'argparse.Namespace'), device (an object of 'torch.device')",
            output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WholeModule_IsOneLineWithTheRepair()
    {
        var (status, output, errors) = await InspectAsync("module");

        Assert.Equal((1, ""), (status, output));
        Assert.Contains("expected a dict: where the code is, save torch.save({\"model_state_dict\": model.state_dict()", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    private static async Task<(int Status, string Output, string Errors)> InspectAsync(string kind)
    {
        var (output, errors) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var path = Path.Combine(AppContext.BaseDirectory, "Golden", "torch", $"{kind}.pth");
        var parsed = new RootCommand { InspectCommand.Create() }.Parse(["inspect", path]);
        var status = await parsed.InvokeAsync(new() { Output = output, Error = errors }, TestContext.Current.CancellationToken);
        return (status, output.ToString(), errors.ToString());
    }
}
