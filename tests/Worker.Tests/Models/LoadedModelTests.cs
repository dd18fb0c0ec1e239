using Coinsphere.Messaging.Forecasting.Calibration;
using Coinsphere.Messaging.Forecasting.Checkpoints;
using Coinsphere.Messaging.Forecasting.Lstm;
using Coinsphere.Messaging.Worker.Models;

namespace Coinsphere.Messaging.Worker.Tests.Models;

public sealed class LoadedModelTests
{
    [Fact]
    public void HorizonThatTheNetworkHasNoPartIn_IsOfTheFrequencies()
    {
        double[] frequencies = [0.2, 0.3, 0.5];
        var model = LoadedModel.Of("ALPHA_best", CheckpointReader.Read(Golden.CheckpointPath(Golden.Alpha)) with
        {
            Calibrations = new Dictionary<int, ClassCalibration> { [7] = CalibrationFit.For(frequencies, 0.5), [30] = CalibrationFit.For(frequencies, 0) },
        }, new ManagedEngine());

        var (trusted, untrusted) = (model.OutlookOf([0.7f, 0.2f, 0.1f], 7), model.OutlookOf([0.7f, 0.2f, 0.1f], 30));

        Assert.False(trusted.FromFrequencies);
        Assert.True(untrusted.FromFrequencies);
        Assert.All(frequencies.Zip(untrusted.Probabilities), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }
}
